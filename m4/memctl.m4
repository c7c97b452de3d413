# SPDX-License-Identifier: GPL-2.0-or-later

# MC_NEED_MODULE(VARIABLE, MODULE, DEBIAN-PACKAGE, FEDORA-PACKAGE)
# A pkg-config module that cannot be done without; what is missing is collected for MC_NEEDED_MODULES.
AC_DEFUN([MC_NEED_MODULE], [
	PKG_CHECK_MODULES([$1], [$2], [], [
		AS_VAR_APPEND([mc_missing], ["
	$2: install $3 (Debian) or $4 (Fedora)"])
	])
])

# MC_NEEDED_MODULES
# Ends configure when a needed module is missing, naming all of them at once.
AC_DEFUN([MC_NEEDED_MODULES], [
	AS_IF([test -n "$mc_missing"], [AC_MSG_ERROR([these libraries are missing or too old:
$mc_missing
])])
])

# MC_COMPILES(FLAGS, IF-SO, IF-NOT) and MC_LINKS(FLAGS, IF-SO, IF-NOT)
# Whether the compiler takes flags without a word.
AC_DEFUN([MC_COMPILES], [
	mc_save_CFLAGS=$CFLAGS
	CFLAGS="$CFLAGS -Werror $1"
	AC_COMPILE_IFELSE([AC_LANG_PROGRAM()], [mc_ok=yes], [mc_ok=no])
	CFLAGS=$mc_save_CFLAGS
	AS_IF([test $mc_ok = yes], [$2], [$3])
])
AC_DEFUN([MC_LINKS], [
	mc_save_CFLAGS=$CFLAGS
	CFLAGS="$CFLAGS -Werror $1"
	AC_LINK_IFELSE([AC_LANG_PROGRAM()], [mc_ok=yes], [mc_ok=no])
	CFLAGS=$mc_save_CFLAGS
	AS_IF([test $mc_ok = yes], [$2], [$3])
])

# MC_CHECK_CFLAGS(VARIABLE, FLAGS) and MC_CHECK_LDFLAGS(VARIABLE, FLAGS)
# Sets and substitutes VARIABLE to those of FLAGS that the compiler takes. All of them in one go is the common case. What a
# distribution has given already is not said twice.
AC_DEFUN([MC_CHECK_CFLAGS], [MC_CHECK_FLAGS_([$1], [$2], [MC_COMPILES])])
AC_DEFUN([MC_CHECK_LDFLAGS], [MC_CHECK_FLAGS_([$1], [$2], [MC_LINKS])])
AC_DEFUN([MC_CHECK_FLAGS_], [
	AC_MSG_CHECKING([for $1])
	$1=
	mc_wanted=
	for mc_flag in $2; do
		AS_CASE([" $CPPFLAGS $CFLAGS $LDFLAGS "], [*" $mc_flag "*], [], [AS_VAR_APPEND([mc_wanted], [" $mc_flag"])])
	done
	$3([$mc_wanted], [$1=$mc_wanted], [
		for mc_flag in $mc_wanted; do
			$3([$mc_flag], [AS_VAR_APPEND([$1], [" $mc_flag"])])
		done
	])
	AC_MSG_RESULT([$$1])
	AC_SUBST([$1])
])

# MC_CHECK_PIE
# PIE_CFLAGS and PIE_LDFLAGS for programs: both or none.
AC_DEFUN([MC_CHECK_PIE], [
	AC_MSG_CHECKING([for position independent executables])
	MC_LINKS([-fPIE -pie], [PIE_CFLAGS=-fPIE PIE_LDFLAGS=-pie], [PIE_CFLAGS= PIE_LDFLAGS=])
	AC_MSG_RESULT([$mc_ok])
	AC_SUBST([PIE_CFLAGS])
	AC_SUBST([PIE_LDFLAGS])
])

# MC_WITH_SAMPLES(VARIABLE, FOLDER, WHAT)
# An option --with-VARIABLE that has the sample WHAT installed in a folder, by default FOLDER below the prefix; without it VARIABLE
# is "no" and WITH_VARIABLE false.
AC_DEFUN([MC_WITH_SAMPLES], [
	AC_ARG_WITH([$1], [AS_HELP_STRING([--with-$1@<:@=DIR@:>@], [install the sample $3 also in DIR, by default PREFIX/$2])],
		[$1=$withval], [$1=no])
	AS_IF([test "$$1" = yes], [$1='${prefix}/$2'])
	AC_SUBST([$1])
	AM_CONDITIONAL([WITH_]m4_toupper([$1]), [test "$$1" != no])
])
