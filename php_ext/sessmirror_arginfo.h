/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: 11acbd5d2698b3a276c9dd7b8dd361c1b0c57576 */

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_sessmirror_status, 0, 0, IS_ARRAY, 0)
ZEND_END_ARG_INFO()


ZEND_FUNCTION(sessmirror_status);


static const zend_function_entry ext_functions[] = {
	ZEND_FE(sessmirror_status, arginfo_sessmirror_status)
	ZEND_FE_END
};
