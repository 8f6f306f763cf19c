"""Now ``topics.evaluation.scores``."""

from topics.evaluation.scores import *  # noqa: F403
