# HELP
# soon
# END
