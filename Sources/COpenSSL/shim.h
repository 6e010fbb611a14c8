/* OpenSSL 3 for Swift: the headers in use, and inline functions for macros Swift cannot import. */

#ifndef POSTROOM_COPENSSL_SHIM_H
#define POSTROOM_COPENSSL_SHIM_H

#include <openssl/crypto.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/ocsp.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>

/* Options of every context: SSL_OP_* are function-like macros. */
static inline void postroom_ssl_context_set_options(SSL_CTX *context) {
  SSL_CTX_set_options(context, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION |
                                   SSL_OP_CIPHER_SERVER_PREFERENCE);
}

/* Buffers are given back when they are empty; writes may be partial, and carried on from another
 * address; a record that is no data ends a read, so that its caller sees the clock. */
static inline void postroom_ssl_context_set_modes(SSL_CTX *context) {
  SSL_CTX_set_mode(context, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_clear_mode(context, SSL_MODE_AUTO_RETRY);
  SSL_CTX_set_read_ahead(context, 1);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
}

static inline void postroom_ssl_context_set_versions(SSL_CTX *context, int minimum, int maximum) {
  SSL_CTX_set_min_proto_version(context, minimum);
  SSL_CTX_set_max_proto_version(context, maximum);
}

static inline void postroom_ssl_context_set_server_name_callback(
    SSL_CTX *context, int (*callback)(SSL *, int *, void *), void *argument) {
  SSL_CTX_set_tlsext_servername_callback(context, callback);
  SSL_CTX_set_tlsext_servername_arg(context, argument);
}

static inline void postroom_ssl_context_set_staple_callback(SSL_CTX *context,
                                                            int (*callback)(SSL *, void *),
                                                            void *argument) {
  SSL_CTX_set_tlsext_status_cb(context, callback);
  SSL_CTX_set_tlsext_status_arg(context, argument);
}

/* Gives the connection a copy of its own, which it frees. */
static inline int postroom_ssl_set_staple(SSL *ssl, const unsigned char *octets, size_t count) {
  unsigned char *copy = OPENSSL_memdup(octets, count);
  if (copy == NULL)
    return 0;
  return (int)SSL_set_tlsext_status_ocsp_resp(ssl, copy, (long)count);
}

/* OPENSSL_free is a macro. */
static inline void postroom_openssl_free(void *memory) { OPENSSL_free(memory); }

static inline void postroom_ssl_ask_for_staple(SSL *ssl) {
  SSL_set_tlsext_status_type(ssl, TLSEXT_STATUSTYPE_ocsp);
}

/* The octets belong to the connection; -1 when the peer gave none. */
static inline long postroom_ssl_get_staple(SSL *ssl, const unsigned char **octets) {
  return SSL_get_tlsext_status_ocsp_resp(ssl, octets);
}

static inline int postroom_ssl_set_server_name(SSL *ssl, const char *name) {
  return (int)SSL_set_tlsext_host_name(ssl, name);
}

static inline int postroom_ssl_has_extended_master_secret(SSL *ssl) {
  return SSL_get_extms_support(ssl) == 1;
}

static inline EVP_PKEY *postroom_generate_p256_key(void) { return EVP_EC_gen("P-256"); }

/* Adds an extension in the notation of x509v3_config(5). */
static inline int postroom_x509_add_extension(X509 *subject, X509 *issuer, int nid,
                                              const char *value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, subject, NULL, NULL, 0);
  X509V3_set_ctx_nodb(&context);
  X509_EXTENSION *extension = X509V3_EXT_conf_nid(NULL, &context, nid, value);
  if (extension == NULL)
    return 0;
  int status = X509_add_ext(subject, extension, -1);
  X509_EXTENSION_free(extension);
  return status;
}

/* A name as RFC 4514 has it, octets above 127 as UTF-8, controls escaped. */
static inline int postroom_x509_print_name(BIO *output, const X509_NAME *name) {
  return X509_NAME_print_ex(output, name, 0, XN_FLAG_RFC2253 & ~ASN1_STRFLGS_ESC_MSB);
}

/* The octets belong to the BIO. */
static inline long postroom_bio_get_memory(BIO *bio, char **octets) {
  return BIO_get_mem_data(bio, octets);
}

#endif
