<?php
// SPDX-License-Identifier: BSD-3-Clause

declare(strict_types=1);

namespace Sessmirror\Page;

/** How the page looks: the reader's own fonts, light or dark as the reader's system is. */
final class Style
{
    public const TEXT = <<<'CSS'

    :root { color-scheme: light dark; --back: #f6f7f9; --card: #fff; --text: #1c2128; --soft: #59636e; --line: #d8dee4;
      --bar: #4f7fd0; --link: #2a5db0; --track: #e4e8ee; --good: #1a7f37; --warn: #8a5a00; --bad: #c01c28; }
    @media (prefers-color-scheme: dark) { :root { --back: #12161c; --card: #1b2129; --text: #e3e8ee; --soft: #9aa5b1;
      --line: #313a45; --bar: #6d9ceb; --link: #86aef2; --track: #2c3540; --good: #4ac26b; --warn: #e0a63b; --bad: #ff7b72; } }
    * { box-sizing: border-box; }
    body { margin: 0 auto; max-width: 76rem; padding: 1rem; background: var(--back); color: var(--text);
      font: 16px/1.45 system-ui, sans-serif; overflow-wrap: anywhere; }
    h1 { font-size: 1.5rem; margin: 0 0 .25rem; } h2 { font-size: 1.05rem; margin: 0 0 .5rem; }
    header p { margin: .15rem 0; color: var(--soft); } a { color: var(--link); }
    code { font: .875em ui-monospace, monospace; } small { color: var(--soft); font-size: .8125rem; }
    section, .tile { background: var(--card); border: 1px solid var(--line); border-radius: .5rem; padding: .85rem 1rem;
      margin: 1rem 0 0; min-width: 0; }
    .verdict { border-left-width: .4rem; border-left-color: var(--good); }
    .verdict.warning { border-left-color: var(--warn); } .verdict.critical { border-left-color: var(--bad); }
    .verdict h2 { margin: 0; } .verdict ul { margin: .5rem 0 0; padding-left: 1.1rem; }
    li.critical strong { color: var(--bad); } li.warning strong { color: var(--warn); } .remedy { color: var(--soft); }
    .tiles { display: grid; grid-template-columns: repeat(auto-fit, minmax(9rem, 1fr)); gap: 1rem; margin: 1rem 0 0; }
    .tile { margin: 0; } dt { color: var(--soft); font-size: .875rem; } dd { margin: 0; font-size: 1.4rem; }
    .columns { columns: 24rem; column-gap: 1rem; margin-top: 1rem; } .columns section { break-inside: avoid; margin: 0 0 1rem; }
    table { width: 100%; border-collapse: collapse; } thead th { color: var(--soft); font-weight: 400; font-size: .875rem; }
    th, td { text-align: left; vertical-align: top; padding: .4rem .5rem .4rem 0; border-top: 1px solid var(--line); font-weight: 400; }
    thead th, table:not(.stores) tr:first-child > * { border-top: 0; }
    th small { display: block; } td.number { font-variant-numeric: tabular-nums; min-width: 6rem; white-space: nowrap; }
    summary { cursor: pointer; color: var(--soft); margin-top: .5rem; }
    .tag { border: 1px solid var(--line); border-radius: 1rem; padding: 0 .5rem; font-size: .8125rem; color: var(--soft); }
    .state { font-weight: 600; color: var(--warn); } .state.up { color: var(--good); } .state.down { color: var(--bad); }
    .bar { display: block; width: 100%; height: .375rem; margin-top: .25rem; }
    .bar .whole { fill: var(--track); } .bar .part { fill: var(--bar); } .bar.progress .part { fill: var(--warn); }
    @media (max-width: 44rem) {
      .stores thead { display: none; } .stores, .stores tbody, .stores tr, .stores td, .stores th { display: block; }
      .stores tr { border-top: 1px solid var(--line); padding: .5rem 0; } .stores tr:first-child { border-top: 0; }
      .stores th { font-weight: 600; } .stores th, .stores td { border: 0; padding: .1rem 0; }
      .stores td::before { content: attr(data-label) ": "; color: var(--soft); }
    }

    CSS;
}
