#include "plugins/channels/email/mime.h"

#include <gmime/gmime.h>

#include <algorithm>
#include <memory>
#include <mutex>

namespace sanad::email {
namespace {

struct Unref {
    void operator()(void* object) const { g_object_unref(object); }
};
template <typename Type>
using Owned = std::unique_ptr<Type, Unref>;

// The library compares each line that begins with two dashes with each boundary that is open, and
// makes an object of each part, however many.
constexpr std::size_t comparisons_max = 20'000'000;
constexpr std::size_t boundaries_max = 20'000;

std::size_t count(std::string_view text, std::string_view what, std::size_t most) {
    std::size_t found = 0;
    for (std::size_t at = 0; found < most && (at = text.find(what, at)) != text.npos;
         at += what.size())
        ++found;
    return found;
}

bool is_too_much_work(const Headers& headers, std::string_view body) {
    const auto type = lower(value_of(headers, "content-type").substr(0, 200));
    if (type.find("multipart") == type.npos && type.find("message") == type.npos) return false;
    const auto lines = count(body, "\n--", boundaries_max);
    if (lines == boundaries_max) return true;
    return lines > 0 &&
           count(body, "oundary", 1 + comparisons_max / lines) * lines >= comparisons_max;
}

std::string header_of(GMimeObject* object, const char* name) {
    GMimeHeader* header =
        g_mime_header_list_get_header(g_mime_object_get_header_list(object), name);
    const char* raw = header ? g_mime_header_get_raw_value(header) : nullptr;
    std::string value = raw ? raw : "";
    std::erase_if(value, [](char c) { return c == '\r' || c == '\n'; });
    return value;
}

std::string content_of_part(GMimePart* part) {
    GMimeDataWrapper* content = g_mime_part_get_content(part);
    if (!content) return {};
    const Owned<GMimeStream> memory(g_mime_stream_mem_new());
    g_mime_data_wrapper_write_to_stream(content, memory.get());
    const GByteArray* bytes = g_mime_stream_mem_get_byte_array(GMIME_STREAM_MEM(memory.get()));
    return {reinterpret_cast<const char*>(bytes->data), bytes->len};
}

Part describe(GMimeObject* object) {
    Part part;
    const auto type = read_parameters(header_of(object, "Content-Type"));
    const auto disposition = read_parameters(header_of(object, "Content-Disposition"));
    const bool named = type.value.find('/') != std::string::npos;
    part.type = named ? type.value : type.value.empty() ? "text/plain" : "application/octet-stream";
    part.charset = type.get("charset");
    part.name = disposition.get("filename");
    if (part.name.empty()) part.name = type.get("name");
    part.attachment = disposition.value == "attachment";
    part.flowed = lower(type.get("format")) == "flowed";
    part.delete_space = lower(type.get("delsp")) == "yes";
    return part;
}

class Walk {
public:
    Walk(Parts& parts, const PartLimits& limits) : out_(parts), limits_(limits) {}

    struct Place {
        std::size_t depth = 0, alternative = 0, message = 0;
    };

    void go(GMimeObject* object, Place place) {
        if (!object) {
            out_.broken = true;
        } else if (place.depth >= limits_.depth || out_.parts.size() >= limits_.parts) {
            out_.broken = true;
        } else if (GMIME_IS_MULTIPART(object)) {
            multipart(GMIME_MULTIPART(object), place);
        } else if (GMIME_IS_MESSAGE_PART(object)) {
            message(GMIME_MESSAGE_PART(object), place);
        } else if (GMIME_IS_PART(object)) {
            Part part = describe(object);
            part.bytes = content_of_part(GMIME_PART(object));
            add(std::move(part), place);
        }
    }

private:
    void add(Part part, Place place) {
        part.alternative = place.alternative;
        part.message = place.message;
        out_.parts.push_back(std::move(part));
    }

    void multipart(GMimeMultipart* multipart, Place place) {
        const auto type = read_parameters(header_of(GMIME_OBJECT(multipart), "Content-Type")).value;
        if (type == "multipart/alternative") place.alternative = ++alternatives_;
        if (type == "multipart/report" && place.message == 0) out_.is_report = true;
        const int children = g_mime_multipart_get_count(multipart);
        ++place.depth;
        for (int i = 0; i < children && out_.parts.size() < limits_.parts; ++i)
            go(g_mime_multipart_get_part(multipart, i), place);
        if (static_cast<std::size_t>(std::max(children, 0)) > limits_.parts) out_.broken = true;
        place.alternative = 0;
        // Without its boundary all of it stands here; with it, a sentence for old programs.
        if (children <= 0) loose(g_mime_multipart_get_prologue(multipart), place);
        loose(g_mime_multipart_get_epilogue(multipart), place);
        if (children <= 0) out_.broken = true;
    }

    void message(GMimeMessagePart* part, Place place) {
        GMimeMessage* inner = g_mime_message_part_get_message(part);
        Part header = describe(GMIME_OBJECT(part));
        header.type = "message/rfc822";
        if (inner) {
            char* text = g_mime_object_get_headers(GMIME_OBJECT(inner), nullptr);
            header.bytes = text ? text : "";
            g_free(text);
        }
        place.alternative = 0;
        add(std::move(header), place);
        place.message = ++messages_;
        ++place.depth;
        if (inner) go(g_mime_message_get_mime_part(inner), place);
    }

    void loose(const char* text, Place place) {
        if (!text || trim(text).empty() || out_.parts.size() >= limits_.parts) return;
        Part part;
        part.type = "text/plain";
        part.bytes = text;
        add(std::move(part), place);
    }

    Parts& out_;
    PartLimits limits_;
    std::size_t alternatives_ = 0, messages_ = 0;
};

std::string entity(const Headers& headers, std::string_view body) {
    std::string bytes = "MIME-Version: 1.0\n";
    for (const auto name : {"content-type", "content-transfer-encoding", "content-disposition"})
        if (const auto* value = find(headers, name); value && !trim(*value).empty())
            bytes += std::string(name) + ": " + std::string(trim(*value)) + '\n';
    bytes += '\n';
    bytes += body;
    // Lines that end in CR alone: nothing would be found in it.
    if (body.find('\n') == body.npos) std::ranges::replace(bytes, '\r', '\n');
    return bytes;
}

Part whole(std::string_view body) {
    Part part;
    part.type = "text/plain";
    part.bytes = body;
    return part;
}

}  // namespace

Parts read_parts(const Headers& headers, std::string_view body, const PartLimits& limits) {
    Parts parts;
    if (is_too_much_work(headers, body)) {
        parts.broken = true;
        parts.parts.push_back(whole(body));
        return parts;
    }
    const std::string bytes = entity(headers, body);
    const Owned<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(bytes.data(), bytes.size()));
    const Owned<GMimeParser> parser(g_mime_parser_new_with_stream(stream.get()));
    g_mime_parser_set_persist_stream(parser.get(), FALSE);
    const Owned<GMimeMessage> message(g_mime_parser_construct_message(parser.get(), nullptr));
    if (message) Walk(parts, limits).go(g_mime_message_get_mime_part(message.get()), {});
    if (parts.parts.empty()) {
        parts.broken = parts.broken || !trim(body).empty();
        parts.parts.push_back(whole(body));
    }
    return parts;
}

std::optional<std::int64_t> read_date(std::string_view text) {
    constexpr std::size_t date_bytes_max = 100;
    const std::string date(text.substr(0, date_bytes_max));
    GDateTime* read = g_mime_utils_header_decode_date(date.c_str());
    if (!read) return {};
    const auto seconds = g_date_time_to_unix(read);
    g_date_time_unref(read);
    return seconds;
}

void start_mime() {
    static std::once_flag once;
    std::call_once(once, [] { g_mime_init(); });
}

}  // namespace sanad::email
