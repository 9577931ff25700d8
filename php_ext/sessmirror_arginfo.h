/* This is a generated file, edit the .stub.php file instead.
 * Stub hash: 5ca2820d94212bf74964278abf261761fd38218b */

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_sessmirror_status, 0, 0, IS_ARRAY, 0)
ZEND_END_ARG_INFO()

ZEND_BEGIN_ARG_WITH_RETURN_TYPE_INFO_EX(arginfo_sessmirror_refill, 0, 0, IS_ARRAY, 0)
	ZEND_ARG_TYPE_INFO_WITH_DEFAULT_VALUE(0, progress, IS_CALLABLE, 1, "null")
ZEND_END_ARG_INFO()


ZEND_FUNCTION(sessmirror_status);
ZEND_FUNCTION(sessmirror_refill);


static const zend_function_entry ext_functions[] = {
	ZEND_FE(sessmirror_status, arginfo_sessmirror_status)
	ZEND_FE(sessmirror_refill, arginfo_sessmirror_refill)
	ZEND_FE_END
};
