--TEST--
What PHP cannot decode destroys no copy that it can; without one the session ends, as that of files does
--EXTENSIONS--
sessmirror
session
--FILE--
<?php
require __DIR__ . '/../common.inc';
[$a, $b] = $stores = Store::start(2);
$both = list_of($a, $b);
$garbage = 'class Garbage extends SessionHandler {
        public function write(string $id, string $data): bool { return parent::write($id, "n|O:99:{{{"); }
    }
    session_set_save_handler(new Garbage);';
$wrapper = 'session_set_save_handler(new SessionHandler);';
$start = 'echo session_start() ? $_SESSION["n"] ?? "empty" : "no session";';

// A store that has made up a newer copy of everything. Either is the home of some of these.
foreach (['A', 'B', 'C', 'D'] as $i => $id) {
    page("session_id('$id'); session_start(); \$_SESSION['n'] = 'good';", $both);
    page("$garbage session_id('$id'); session_start(); \$_SESSION['n'] = 1;", list_of($a));
    $before = ($i % 2 ? $wrapper : '') . "session_id('$id');";
    $page = page($before . $start, $both, ['sessmirror.local' => $a->name()]);
    if ($i === 0) echo with_store_names($page, ...$stores), "\n";
    else echo strrchr($page, "\n") === "\nno session" ? 'no session' : $page, "\n";
    foreach ($stores as $store)
        echo '  then ', page("session_id('$id'); $start", $both, ['sessmirror.local' => $store->name()]), "\n";
}

echo "the other store hangs:\n";
page("session_id('E'); session_start(); \$_SESSION['n'] = 'good';", $both);
page("$garbage session_id('E'); session_start(); \$_SESSION['n'] = 1;", list_of($a));
$b->hang();
echo str_contains(page("session_id('E'); $start", $both), 'The session was not destroyed') ? 'kept' : 'destroyed', "\n";
$b->resume();
page("session_id('E'); $start", $both);
echo '  then ', page("session_id('E'); $start", $both), "\n";

echo "no other copy:\n";
page("$garbage session_id('F'); session_start(); \$_SESSION['n'] = 1;", $both);
echo page("session_id('F'); $start", $both), "\n";
echo '  then ', page("session_id('F'); $start", $both), "\n";

echo "the client's own last change:\n";
$visitor = new Visitor($both);
$visitor->visit('session_start(); $_SESSION["n"] = "good";', $a);
$alone = new Visitor(list_of($a));
$alone->cookies = $visitor->cookies;
$alone->visit("$garbage session_start(); \$_SESSION['n'] = 1;", $a);
$visitor->cookies = $alone->cookies;
$visitor->visit($start, $a);
echo '  then ', $visitor->visit($start, $b), "\n";

echo "started with the page:\n";
page("session_id('G'); session_start(); \$_SESSION['n'] = 'good';", $both);
page("$garbage session_id('G'); session_start(); \$_SESSION['n'] = 1;", list_of($a));
$visitor = new Visitor($both, ['session.auto_start' => '1']);
$visitor->cookies = ['PHPSESSID' => 'G'];
$visitor->visit('', $a);
echo '  then ', $visitor->visit('echo $_SESSION["n"] ?? "empty";', $a), "\n";

echo "destroyed by the script, by what it decodes and by what it resets:\n";
foreach (['session_destroy();', 'session_decode("n|O:99:{{{");'] as $code) {
    page("session_id('H'); session_start(); \$_SESSION['n'] = 'good';", $both);
    page("session_id('H'); session_start(); $code", $both);
    echo page("session_id('H'); $start", $both), "\n";
}
page("session_id('H'); session_start(); \$_SESSION['n'] = 'good';", $both);
page("$garbage session_id('H'); session_start(); \$_SESSION['n'] = 1;", list_of($a));
page("class Same extends SessionHandler {
        public function read(string \$id): string { static \$n = 0; \$data = parent::read(\$id); return \$n++ ? \$data : ''; }
    }
    session_set_save_handler(new Same); session_id('H'); session_start(); session_reset();", $both);
echo page("session_id('H'); $start", $both), "\n";
?>
--EXPECT--
Warning: session_start(): The session was not destroyed: PHP cannot decode the copy on STORE1; another store's has taken its place. This request has no session; the next one has that store's. Check who else writes to the stores, and their memory. in Command line code on line 1

Warning: session_start(): Session object destruction failed in Command line code on line 1

Warning: session_start(): Failed to decode session object. Session has been destroyed in Command line code on line 1
no session
  then good
  then good
no session
  then good
  then good
no session
  then good
  then good
no session
  then good
  then good
the other store hangs:
kept
  then good
no other copy:
Warning: session_start(): Failed to decode session object. Session has been destroyed in Command line code on line 1
no session
  then empty
the client's own last change:
  then empty
started with the page:
  then good
destroyed by the script, by what it decodes and by what it resets:
empty
empty
good
