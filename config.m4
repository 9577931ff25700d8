dnl SPDX-License-Identifier: BSD-3-Clause
dnl phpize build of the extension. No option is needed; sources.txt lists what is compiled.

dnl SESSMIRROR_REQUIRE(VARIABLE, PKG-CONFIG MODULES, DEBIAN PACKAGE)
dnl Link a required library, or stop and say what has to be installed.
AC_DEFUN([SESSMIRROR_REQUIRE], [
  PKG_CHECK_MODULES([$1], [$2], [], [AC_MSG_ERROR(m4_normalize([
    sessmirror needs $2, which pkg-config does not find. On Debian and Ubuntu: apt-get install $3.
    Installed elsewhere: put the folder of its .pc file into PKG_CONFIG_PATH.]))])
  PHP_EVAL_INCLINE([$$1_CFLAGS])
  PHP_EVAL_LIBLINE([$$1_LIBS], [SESSMIRROR_SHARED_LIBADD])
])

dnl SESSMIRROR_OPTIONAL(NAME, VARIABLE, PKG-CONFIG MODULES, DEBIAN PACKAGE, DEFINITION)
dnl Link a library where it is found: --with-sessmirror-NAME insists on it, --without leaves it out.
AC_DEFUN([SESSMIRROR_OPTIONAL], [
  AS_VAR_IF([PHP_SESSMIRROR_]m4_toupper([$1]), [no], [], [
    PKG_CHECK_MODULES([$2], [$3],
      [PHP_EVAL_INCLINE([$$2_CFLAGS])
       PHP_EVAL_LIBLINE([$$2_LIBS], [SESSMIRROR_SHARED_LIBADD])
       SESSMIRROR_FLAGS="$SESSMIRROR_FLAGS -D$5=1"],
      [AS_VAR_IF([PHP_SESSMIRROR_]m4_toupper([$1]), [yes],
        [AC_MSG_ERROR([$3 is not found by pkg-config. On Debian and Ubuntu: apt-get install $4.])],
        [AC_MSG_NOTICE([sessmirror is built without $1. On Debian and Ubuntu, apt-get install $4 adds it.])])])
  ])
])

PHP_ARG_ENABLE([sessmirror],
  [whether to enable the sessmirror session save handler],
  [AS_HELP_STRING([--enable-sessmirror], [Enable the sessmirror session save handler])])

dnl The fifth argument keeps this off: phpize turns on every switch that lacks it.
PHP_ARG_ENABLE([sessmirror-dev],
  [whether warnings of the compiler are errors in sessmirror],
  [AS_HELP_STRING([--enable-sessmirror-dev], [Warnings are errors (developers only)])],
  [no], [no])

PHP_ARG_WITH([sessmirror-lmdb],
  [whether sessmirror has an embedded store],
  [AS_HELP_STRING([--without-sessmirror-lmdb], [Do not use LMDB (default: used if it is found)])],
  [auto], [no])

PHP_ARG_WITH([sessmirror-zstd],
  [whether sessmirror can compress sessions with zstd],
  [AS_HELP_STRING([--without-sessmirror-zstd], [Do not use libzstd (default: used if it is found)])],
  [auto], [no])

PHP_ARG_WITH([sessmirror-redis],
  [whether sessmirror has Redis stores],
  [AS_HELP_STRING([--without-sessmirror-redis], [Do not use hiredis (default: used if it is found)])],
  [auto], [no])

PHP_ARG_WITH([sessmirror-mysql],
  [whether sessmirror has MariaDB and MySQL stores],
  [AS_HELP_STRING([--without-sessmirror-mysql], [Do not use MariaDB Connector/C (default: used if it is found)])],
  [auto], [no])

PHP_ARG_WITH([sessmirror-zlib],
  [whether sessmirror can take over what the handler memcache has packed],
  [AS_HELP_STRING([--without-sessmirror-zlib], [Do not use zlib (default: used if it is found)])],
  [auto], [no])

if test "$PHP_SESSMIRROR" != "no"; then
  AC_MSG_CHECKING([for PHP 8.2 or newer])
  sessmirror_php=`$PHP_CONFIG --version`
  AC_MSG_RESULT([$sessmirror_php])
  AS_IF([test "`$PHP_CONFIG --vernum`" -lt 80200],
    [AC_MSG_ERROR([sessmirror needs PHP 8.2 or newer; $PHP_CONFIG is of PHP $sessmirror_php.])])

  PHP_REQUIRE_CXX()
  dnl Debugging information makes the module twenty times as large. Whoever sets CXXFLAGS gets what they say.
  AS_IF([test -z "$ac_test_CXXFLAGS" && test "$GXX" = yes && test "$PHP_DEBUG" -eq 0], [CXXFLAGS=-O2])

  dnl Not PHP_CXX_COMPILE_STDCXX: it ends phpize of PHP 8.1, which then cannot say what is needed.
  SESSMIRROR_STD=-std=c++20
  AC_LANG_PUSH([C++])
  AC_MSG_CHECKING([whether $CXX compiles C++20])
  sessmirror_saved_cxxflags=$CXXFLAGS
  CXXFLAGS="$CXXFLAGS $SESSMIRROR_STD"
  AC_COMPILE_IFELSE([AC_LANG_PROGRAM([[#include <compare>
#include <span>]], [[int numbers[2] = {}; return static_cast<int>(std::span<int>(numbers).size());]])],
    [AC_MSG_RESULT([yes])],
    [AC_MSG_RESULT([no])
     AC_MSG_ERROR([sessmirror needs a compiler for C++20, such as g++ 12 or clang 14.])])
  CXXFLAGS=$sessmirror_saved_cxxflags
  AC_LANG_POP([C++])

  SESSMIRROR_REQUIRE([SESSMIRROR_LIBEVENT], [libevent_core >= 2.1 libevent_extra >= 2.1], [libevent-dev])
  SESSMIRROR_REQUIRE([SESSMIRROR_XXHASH], [libxxhash >= 0.8], [libxxhash-dev])
  dnl Builds of xxHash for x86-64 can choose code by the processor; some ship the header without it.
  sessmirror_saved_libs=$LIBS
  LIBS="$LIBS $SESSMIRROR_XXHASH_LIBS"
  AC_MSG_CHECKING([whether xxHash chooses by the processor])
  AC_LINK_IFELSE([AC_LANG_PROGRAM([[#define XXH_STATIC_LINKING_ONLY
#include <xxh_x86dispatch.h>]], [[XXH3_state_t state; (void)XXH3_64bits_update_dispatch(&state, "", 0); return (int)XXH3_64bits_dispatch("", 0);]])],
    [AC_MSG_RESULT([yes])
     SESSMIRROR_XXH_DISPATCH=-DSESSMIRROR_WITH_XXH_DISPATCH=1],
    [AC_MSG_RESULT([no])])
  LIBS=$sessmirror_saved_libs
  SESSMIRROR_REQUIRE([SESSMIRROR_SODIUM], [libsodium >= 1.0.18], [libsodium-dev])

  dnl PHP loads extensions with RTLD_GLOBAL: export get_module and nothing else. Hidden visibility does not
  dnl reach templates of namespace std (whose statics would also forbid dlclose), so the linker is told too.
  SESSMIRROR_FLAGS="$SESSMIRROR_STD -fvisibility=hidden -DZEND_ENABLE_STATIC_TSRMLS_CACHE=1 $SESSMIRROR_XXH_DISPATCH"
  dnl The embedded store takes Linux's locks of open files as well.
  AS_CASE([$host_os], [linux*],
    [SESSMIRROR_OPTIONAL([lmdb], [SESSMIRROR_LMDB], [lmdb >= 0.9.17], [liblmdb-dev], [SESSMIRROR_WITH_LMDB])])
  SESSMIRROR_OPTIONAL([zstd], [SESSMIRROR_ZSTD], [libzstd >= 1.4], [libzstd-dev], [SESSMIRROR_WITH_ZSTD])
  SESSMIRROR_OPTIONAL([redis], [SESSMIRROR_REDIS], [hiredis >= 0.14], [libhiredis-dev], [SESSMIRROR_WITH_REDIS])
  SESSMIRROR_OPTIONAL([mysql], [SESSMIRROR_MARIADB], [libmariadb >= 3.3], [libmariadb-dev], [SESSMIRROR_WITH_MYSQL])
  SESSMIRROR_OPTIONAL([zlib], [SESSMIRROR_ZLIB], [zlib], [zlib1g-dev], [SESSMIRROR_WITH_ZLIB])
  sessmirror_version_script="-Wl,--version-script=$abs_srcdir/php_ext/exports.map"
  sessmirror_saved_ldflags=$LDFLAGS
  LDFLAGS="$LDFLAGS $sessmirror_version_script"
  AC_MSG_CHECKING([whether the linker takes a version script])
  AC_LINK_IFELSE([AC_LANG_PROGRAM([], [])],
    [AC_MSG_RESULT([yes])
     SESSMIRROR_SHARED_LIBADD="$SESSMIRROR_SHARED_LIBADD $sessmirror_version_script"],
    [AC_MSG_RESULT([no])])
  LDFLAGS=$sessmirror_saved_ldflags
  PHP_SUBST([SESSMIRROR_SHARED_LIBADD])

  dnl The headers of PHP are not written for -Wpedantic and the like; the CMake build applies those to src/.
  AS_VAR_IF([PHP_SESSMIRROR_DEV], [no], [],
    [SESSMIRROR_FLAGS="$SESSMIRROR_FLAGS -Wall -Wextra -Wno-unused-parameter -Werror"])

  sessmirror_sources=`$SED -e '/^#/d' -e '/^$/d' "$abs_srcdir/sources.txt" | tr '\n' ' '`
  PHP_NEW_EXTENSION([sessmirror], [$sessmirror_sources], [$ext_shared],,
    [-I@ext_srcdir@/src -I@ext_srcdir@/php_ext $SESSMIRROR_FLAGS], [cxx])
  for sessmirror_unit in $sessmirror_sources; do
    PHP_ADD_BUILD_DIR([$ext_builddir/`dirname $sessmirror_unit`], [1])
  done
  PHP_ADD_EXTENSION_DEP([sessmirror], [session])
  dnl PECL unpacks no command to build from: it installs the command itself.
  AS_IF([test -f "$abs_srcdir/bin/sessmirror"], [PHP_ADD_MAKEFILE_FRAGMENT([$ext_srcdir/tools/install.mk])])
fi
