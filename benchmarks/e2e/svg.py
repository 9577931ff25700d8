# SPDX-License-Identifier: BSD-3-Clause
"""What all charts are drawn with."""

from html import escape


def text(x, y, words, kind=""):
    style = f' class="{kind}"' if kind else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{style}>{escape(words)}</text>'
