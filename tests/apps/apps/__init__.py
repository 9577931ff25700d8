# SPDX-License-Identifier: BSD-3-Clause
"""The applications of the tour."""

from . import adminer, phpmyadmin, roundcube, simplesamlphp, symfony
from .app import APPS, App

__all__ = ["APPS", "App", "adminer", "phpmyadmin", "roundcube", "simplesamlphp", "symfony"]
