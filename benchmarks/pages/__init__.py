# SPDX-License-Identifier: BSD-3-Clause
"""A page under load: php-fpm and nginx on two hosts, and visitors who wait for nothing. The hosts
are those of the fault tests, which the package e2e has put on the path."""
