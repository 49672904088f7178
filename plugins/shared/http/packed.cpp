#include "plugins/shared/http/packed.h"

namespace sanad::http {

Response packed(const Request& request, std::string_view type, std::string_view plain,
                std::string_view gzipped) {
    Response response;
    response.content_type = type;
    response.headers = {{"Vary", "Accept-Encoding"}};
    const std::string* accepts = request.header("accept-encoding");
    if (!gzipped.empty() && accepts && accepts->find("gzip") != accepts->npos) {
        response.headers.emplace_back("Content-Encoding", "gzip");
        response.body = gzipped;
    } else {
        response.body = plain;
    }
    return response;
}

}  // namespace sanad::http
