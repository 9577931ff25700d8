# SPDX-License-Identifier: BSD-3-Clause
"""The demo that scripts/demo runs."""
