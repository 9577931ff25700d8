# SPDX-License-Identifier: BSD-3-Clause
"""A front that stands before a real store and changes what it answers, as it is told.

Everything else is real: the store, the connections, the web servers. `wires` reads the protocols,
`records` the values that are stored; `lies` and `breaches` hold what a hostile store may do;
`front` passes things on.
"""
