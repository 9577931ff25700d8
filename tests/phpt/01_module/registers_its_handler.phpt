--TEST--
The extension registers its session handler, its function and its directives
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
ob_start();  // the handler can be changed after output
var_dump(phpversion('sessmirror'));
var_dump(ini_set('session.save_handler', 'sessmirror') !== false, session_module_name());
var_dump(function_exists('sessmirror_status'));
foreach (ini_get_all('sessmirror') as $name => $entry)
    echo $name, ' ', $entry['access'] === INI_ALL ? 'script' : 'site', "\n";
?>
--EXPECTF--
string(%d) "%d.%d.%d"
bool(true)
string(10) "sessmirror"
bool(true)
sessmirror.ack script
sessmirror.commit script
sessmirror.compress_threshold_bytes script
sessmirror.compression script
sessmirror.connect_timeout_ms script
sessmirror.deadline_ms script
sessmirror.export site
sessmirror.first_lifetime_s script
sessmirror.freshness script
sessmirror.hedge script
sessmirror.import site
sessmirror.io_timeout_ms script
sessmirror.key_prefix site
sessmirror.local site
sessmirror.lock_lease_s script
sessmirror.lock_max_waiters script
sessmirror.lock_wait_ms script
sessmirror.locking script
sessmirror.log_level site
sessmirror.max_session_bytes site
sessmirror.merge_protect script
sessmirror.on_conflict script
sessmirror.poll_us script
sessmirror.redundancy script
sessmirror.secret site
sessmirror.secret_file site
sessmirror.segment_with script
sessmirror.stale script
sessmirror.stores site
sessmirror.stores_file site
sessmirror.token_cookie script
sessmirror.write_format site
