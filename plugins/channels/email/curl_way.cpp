#include "plugins/channels/email/curl_way.h"

#include <cstring>

namespace sanad::email {
namespace {

curl_socket_t open_socket(void* self, curlsocktype, curl_sockaddr*) {
    const auto& names = *static_cast<const CurlNames*>(self);
    const int socket =
        names.way->connect(names.place.host, names.place.port, names.way->connect_limit);
    return socket < 0 ? CURL_SOCKET_BAD : socket;
}

int is_connected(void*, curl_socket_t, curlsocktype) { return CURL_SOCKOPT_ALREADY_CONNECTED; }

int go_on(void* self, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return static_cast<const CurlNames*>(self)->cancel->asked() ? 1 : 0;
}

}  // namespace

Curl prepare(const std::string& url, const Place& place, const Way& way, const Cancel& cancel,
             CurlNames& names) {
    names.way = &way;
    names.cancel = &cancel;
    names.place = place;
    // The address means nothing: the socket is connected when libcurl gets it. Without one libcurl
    // would ask a name server, which the sandbox refuses.
    const std::string known = place.host + ':' + std::to_string(place.port) + ":127.0.0.1";
    names.resolve = curl_slist_append(nullptr, known.c_str());
    Curl curl(curl_easy_init());
    if (!curl) return curl;
    CURL* const handle = curl.get();
    curl_easy_setopt(handle, CURLOPT_URL, url.c_str());
    curl_easy_setopt(handle, CURLOPT_RESOLVE, names.resolve);
    curl_easy_setopt(handle, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(handle, CURLOPT_PROXY, "");
    curl_easy_setopt(handle, CURLOPT_NETRC, static_cast<long>(CURL_NETRC_IGNORED));
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(handle, CURLOPT_OPENSOCKETDATA, &names);
    curl_easy_setopt(handle, CURLOPT_SOCKOPTFUNCTION, is_connected);
    curl_easy_setopt(handle, CURLOPT_CONNECTTIMEOUT_MS,
                     static_cast<long>(way.connect_limit.count()));
    curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
    curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, go_on);
    curl_easy_setopt(handle, CURLOPT_XFERINFODATA, &names);
    curl_easy_setopt(handle, CURLOPT_SSLVERSION, static_cast<long>(CURL_SSLVERSION_TLSv1_2));
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYPEER, 1L);
    curl_easy_setopt(handle, CURLOPT_SSL_VERIFYHOST, 2L);
    curl_easy_setopt(handle, CURLOPT_SSL_ENABLE_ALPN, 0L);
    curl_easy_setopt(handle, CURLOPT_CAINFO, nullptr);
    curl_easy_setopt(handle, CURLOPT_CAPATH, nullptr);
    curl_blob authorities{const_cast<char*>(way.authorities.data()), way.authorities.size(),
                          CURL_BLOB_COPY};
    if (!way.authorities.empty()) curl_easy_setopt(handle, CURLOPT_CAINFO_BLOB, &authorities);
    return curl;
}

WireFault fault_of(CURLcode code) {
    switch (code) {
        case CURLE_OPERATION_TIMEDOUT:
            return WireFault::timed_out;
        case CURLE_ABORTED_BY_CALLBACK:
            return WireFault::cancelled;
        case CURLE_PEER_FAILED_VERIFICATION:
        case CURLE_SSL_CONNECT_ERROR:
        case CURLE_SSL_CACERT_BADFILE:
        case CURLE_USE_SSL_FAILED:
            return WireFault::tls_failed;
        case CURLE_GOT_NOTHING:
        case CURLE_RECV_ERROR:
        case CURLE_SEND_ERROR:
            return WireFault::closed;
        default:
            return WireFault::connect_failed;
    }
}

void start_wires() {
    static const CURLcode once = curl_global_init(CURL_GLOBAL_DEFAULT);
    (void)once;
}

}  // namespace sanad::email
