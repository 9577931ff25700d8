<?php
// SPDX-License-Identifier: BSD-3-Clause
// A page that uses Symfony's session as its framework sets it up: a wrapper around PHP's own handler.
require 'Symfony/Component/HttpFoundation/autoload.php';

use Symfony\Component\HttpFoundation\{JsonResponse, Request};
use Symfony\Component\HttpFoundation\Session\{Session, Storage\NativeSessionStorageFactory};

$request = Request::createFromGlobals();
$session = new Session((new NativeSessionStorageFactory())->createStorage($request));
$request->setSession($session);
$session->start();  // as the firewall does, which looks who it is
switch ($request->query->get('do')) {
    case 'login':
        $session->migrate(true);
        $session->set('user', $request->request->get('user'));
        break;
    case 'change':
        $session->set('number', (int) $request->request->get('number'));
        break;
    case 'logout':
        $session->invalidate();
        break;
}
$answer = new JsonResponse(['user' => $session->get('user'), 'number' => $session->get('number')]);
$session->save();
$answer->prepare($request)->send();
