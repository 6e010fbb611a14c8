/* libcurl for Swift: curl_easy_setopt and curl_easy_getinfo are variadic, which Swift cannot call. */

#ifndef POSTROOM_CCURL_SHIM_H
#define POSTROOM_CCURL_SHIM_H

#include <curl/curl.h>

static inline CURLcode postroom_curl_set_long(CURL *curl, CURLoption option, long value) {
  return curl_easy_setopt(curl, option, value);
}

static inline CURLcode postroom_curl_set_text(CURL *curl, CURLoption option, const char *value) {
  return curl_easy_setopt(curl, option, value);
}

static inline CURLcode postroom_curl_set_pointer(CURL *curl, CURLoption option, void *value) {
  return curl_easy_setopt(curl, option, value);
}

static inline CURLcode postroom_curl_set_write(CURL *curl, curl_write_callback function) {
  return curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, function);
}

static inline CURLcode postroom_curl_get_long(CURL *curl, CURLINFO info, long *value) {
  return curl_easy_getinfo(curl, info, value);
}

#endif
