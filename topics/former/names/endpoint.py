"""Now ``topics.naming.endpoint``."""

from topics.naming.endpoint import *  # noqa: F403
