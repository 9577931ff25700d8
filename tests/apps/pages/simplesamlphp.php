<?php
// SPDX-License-Identifier: BSD-3-Clause
// A shop that lets SimpleSAMLphp say who somebody is: two sessions in every page.
require __DIR__ . '/simplesaml/_config.php';
require '/usr/share/simplesamlphp/lib/_autoload.php';

$do = $_GET['do'] ?? '';
$sign_on = new SimpleSAML\Auth\Simple('tour');
if ($do === 'logout') {
    session_name('SHOP');
    session_start();
    session_destroy();
    session_write_close();
    $sign_on->logout('/app/');
}
if ($do === 'login') {
    $sign_on->requireAuth(['ReturnTo' => '/app/']);
}
$user = $sign_on->isAuthenticated() ? $sign_on->getAttributes()['uid'][0] : null;
SimpleSAML\Session::getSessionFromRequest()->cleanup();

session_name('SHOP');
session_start();
if ($do === 'change') {
    $_SESSION['number'] = (int) $_POST['number'];
}
header('Content-Type: application/json');
echo json_encode(['user' => $user, 'number' => $_SESSION['number'] ?? 0]);
