# SPDX-License-Identifier: BSD-3-Clause
"""What benchmarks/scale is made of: stores on loopback addresses, and workers, one or many."""
