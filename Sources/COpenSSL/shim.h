/* OpenSSL 3 for Swift: the headers in use, and inline functions for macros Swift cannot import. */

#ifndef POSTROOM_COPENSSL_SHIM_H
#define POSTROOM_COPENSSL_SHIM_H

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#endif
