--TEST--
Optimistic locking: of twenty requests at once that change different keys none waits and none is lost
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
const WRITERS = 20;
$stores = Store::start(2);

// Everyone has read the session before anyone writes it.
function meeting_page(string $id, string $meeting, string $change): string
{
    return "session_id('$id'); session_start(); touch('$meeting/' . getmypid());"
        . "for (\$i = 0; count(scandir('$meeting')) < " . (WRITERS + 2) . " && \$i < 20000; \$i++)"
        . "    time_nanosleep(0, 1_000_000);"
        . "$change session_write_close();"
        . "\$c = sessmirror_status()['counters']; echo \$c['collisions'], ' ', \$c['merges'];";
}

foreach (['php', 'php_serialize', 'php_binary', 'sessmirror_segmented'] as $serializer) {
    $id = strtr($serializer, '_', '-');
    $ini = ['session.serialize_handler' => $serializer, 'sessmirror.locking' => 'optimistic',
            'sessmirror.io_timeout_ms' => '20000', 'sessmirror.deadline_ms' => '60000'];  // on any machine
    page("session_id('$id'); session_start(); \$_SESSION = ['kept' => [1], 'gone' => 1];", list_of(...$stores), $ini);
    $meeting = sys_get_temp_dir() . '/sessmirror-meeting-' . getmypid() . "-$serializer";
    mkdir($meeting);
    $pages = [];
    for ($i = 0; $i < WRITERS; $i++) {
        $change = $i === 0 ? "unset(\$_SESSION['gone']);" : "\$_SESSION['key$i'] = ['of' => $i, 'o' => new ArrayObject([$i])];";
        $pages[] = open_page(meeting_page($id, $meeting, $change), list_of(...$stores),
            $ini + ['sessmirror.local' => $stores[$i % 2]->name()]);
    }
    $answers = array_map(fn ($page) => explode(' ', close_page(...$page)), $pages);
    array_map('unlink', glob("$meeting/*"));
    rmdir($meeting);

    foreach ($stores as $store)
        echo $serializer, ': ', page("session_id('$id'); session_start(); ksort(\$_SESSION, SORT_NATURAL); "
            . "echo implode(' ', array_keys(\$_SESSION)), ' ', \$_SESSION['key19']['o'][0];",
            list_of(...$stores), $ini + ['sessmirror.local' => $store->name()]), "\n";
    echo 'collisions ', array_sum(array_column($answers, 0)), ', merged ',
        array_sum(array_column($answers, 1)) > 0 ? 'yes' : 'no', "\n";
}
?>
--EXPECT--
php: kept key1 key2 key3 key4 key5 key6 key7 key8 key9 key10 key11 key12 key13 key14 key15 key16 key17 key18 key19 19
php: kept key1 key2 key3 key4 key5 key6 key7 key8 key9 key10 key11 key12 key13 key14 key15 key16 key17 key18 key19 19
collisions 0, merged yes
php_serialize: kept key1 key2 key3 key4 key5 key6 key7 key8 key9 key10 key11 key12 key13 key14 key15 key16 key17 key18 key19 19
php_serialize: kept key1 key2 key3 key4 key5 key6 key7 key8 key9 key10 key11 key12 key13 key14 key15 key16 key17 key18 key19 19
collisions 0, merged yes
php_binary: kept key1 key2 key3 key4 key5 key6 key7 key8 key9 key10 key11 key12 key13 key14 key15 key16 key17 key18 key19 19
php_binary: kept key1 key2 key3 key4 key5 key6 key7 key8 key9 key10 key11 key12 key13 key14 key15 key16 key17 key18 key19 19
collisions 0, merged yes
sessmirror_segmented: kept key1 key2 key3 key4 key5 key6 key7 key8 key9 key10 key11 key12 key13 key14 key15 key16 key17 key18 key19 19
sessmirror_segmented: kept key1 key2 key3 key4 key5 key6 key7 key8 key9 key10 key11 key12 key13 key14 key15 key16 key17 key18 key19 19
collisions 0, merged yes
