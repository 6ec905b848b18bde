"""From a file and the environment to one frozen `Settings`: all that the rest ever sees."""
