#include "plugins/channels/email/body.h"

#include "plugins/channels/email/charset.h"
#include "plugins/channels/email/html.h"

#include <algorithm>
#include <map>
#include <set>

namespace sanad::email {
namespace {

constexpr std::size_t says_nothing_bytes = 120;  // "Your program cannot show this mail."

bool is_html(const Part& part) { return part.type == "text/html"; }

bool is_text(const Part& part) {
    if (part.attachment || !part.name.empty()) return false;
    if (part.type != "text/plain" && !is_html(part) && part.type != "text/enriched") return false;
    if (is_html(part) && trim(part.bytes).starts_with('<')) return true;
    if (part.bytes.empty() || is_prose(part.bytes)) return true;
    switch (content_of(part.bytes)) {
        case Content::text:
        case Content::markup:
        case Content::encoded:
        case Content::unknown:
            return true;
        default:
            return false;
    }
}

// Signatures of mails, and a third form of the text that only Google's pages show.
bool is_passed_over(const Part& part) {
    for (const auto* type :
         {"application/pgp-signature", "application/pkcs7-signature",
          "application/x-pkcs7-signature", "application/pgp-encrypted", "text/x-amp-html"})
        if (part.type == type) return true;
    return part.bytes.empty() && part.name.empty();
}

struct Text {
    std::string text;
    bool lossy = false;
};

// An HTML part may name its charset only inside.
std::string charset_of(const Part& part) {
    if (!part.charset.empty() || !is_html(part)) return part.charset;
    const auto head = lower(part.bytes.substr(0, 2048));
    const auto at = head.find("charset=");
    if (at == std::string::npos) return {};
    const auto begin = head.find_first_not_of("\"' ", at + 8);
    if (begin == std::string::npos) return {};
    return head.substr(begin, head.find_first_of("\"' ;/>", begin) - begin);
}

Text text_of(const Part& part) {
    auto decoded = to_utf8(part.bytes, charset_of(part));
    std::string text = is_html(part) ? text_of_html(decoded.text) : std::move(decoded.text);
    text = clean_prose(text);
    if (part.flowed) text = unflow(text, part.delete_space);
    return {std::move(text), decoded.lossy};
}

class Reader {
public:
    explicit Reader(const std::vector<Part>& parts) : parts_(parts) {
        for (const auto& part : parts)
            if (part.alternative > 0 && is_html(part) && is_text(part))
                page_bytes_[part.alternative] += text_of(part).text.size();
        for (const auto& part : parts)
            if (part.alternative > 0 && part.type == "text/plain" && is_text(part) &&
                says_enough(part))
                plain_.insert(part.alternative);
    }

    Body read() {
        for (const auto& part : parts_) take(part);
        end_message();
        const auto cleaned = without_encoded(body_.text);
        if (cleaned.changed) {
            body_.text = cleaned.text;
            (cleaned.image ? body_.image_left_out : body_.file_left_out) = true;
        }
        return std::move(body_);
    }

private:
    // A sentence that the mail is in the other form is not the mail.
    bool says_enough(const Part& plain) const {
        const auto size = trim(plain.bytes).size();
        if (size == 0 || size > says_nothing_bytes) return size > 0;
        const auto page = page_bytes_.find(plain.alternative);
        return page == page_bytes_.end() || page->second <= size * 4 + says_nothing_bytes;
    }

    void take(const Part& part) {
        if (part.type == "message/rfc822") {
            if (part.message == 0) begin_message(part);
            return;
        }
        if (is_passed_over(part)) return;
        if (!is_text(part)) return attach(part);
        const bool has_plain = part.alternative > 0 && plain_.contains(part.alternative);
        const bool other_form =
            has_plain ? is_html(part) : page_bytes_.contains(part.alternative) && !is_html(part);
        if (!other_form) add(part, part.message == 0 ? body_.text : message_);
    }

    void add(const Part& part, std::string& to) {
        const auto text = text_of(part);
        body_.lossy = body_.lossy || text.lossy;
        if (trim(text.text).empty()) return;
        if (!to.empty()) to += to.ends_with('\n') ? "\n" : "\n\n";
        to += text.text;
    }

    void attach(const Part& part) {
        auto file = judge(part.name, part.bytes, part.charset);
        const bool said_image = part.type.starts_with("image/") || part.type.starts_with("video/");
        if (!file.kept() && said_image) file.left_out = "image_left_out";
        mark(file);
        body_.attachments.push_back(std::move(file));
    }

    void mark(const Attachment& file) {
        if (file.left_out == "image_left_out") body_.image_left_out = true;
        if (file.left_out == "file_left_out") body_.file_left_out = true;
    }

    // A mail that was attached: who wrote it, when, and its text.
    void begin_message(const Part& part) {
        end_message();
        const auto block = read_headers(part.bytes);
        for (const auto* name : {"from", "to", "date", "subject"})
            if (const auto* value = find(block.headers, name))
                message_ += std::string(name) + ": " + decode_text(*value) + '\n';
        message_name_ = part.name.empty() ? "message.txt" : part.name + ".txt";
    }

    void end_message() {
        if (message_.empty()) return;
        auto file = judge(message_name_, message_, "utf-8");
        mark(file);
        body_.attachments.push_back(std::move(file));
        message_.clear();
    }

    const std::vector<Part>& parts_;
    std::map<std::size_t, std::size_t> page_bytes_;  // of the HTML of an alternative, as text
    std::set<std::size_t> plain_;                    // alternatives whose plain form is taken
    Body body_;
    std::string message_, message_name_ = "message.txt";
};

std::size_t quote_depth(std::string_view line) {
    return std::min(line.find_first_not_of('>'), line.size());
}

}  // namespace

Body read_body(const std::vector<Part>& parts) { return Reader(parts).read(); }

std::string unflow(std::string_view text, bool delete_space) {
    std::string out;
    bool soft = false;
    std::size_t depth_before = 0;
    for (std::size_t at = 0; at < text.size();) {
        const auto end = std::min(text.find('\n', at), text.size());
        auto line = text.substr(at, end - at);
        at = end + 1;
        const auto depth = quote_depth(line);
        auto words = line.substr(depth);
        if (words.starts_with(' ')) words.remove_prefix(1);
        const bool joins = soft && depth == depth_before && words != "-- ";
        if (!joins) {
            if (!out.empty() || depth_before > 0 || soft) out += '\n';
            out += std::string(depth, '>') + (depth > 0 ? " " : "");
        }
        soft = words.ends_with(' ') && words != "-- ";
        if (soft && delete_space) words.remove_suffix(1);
        out += words;
        depth_before = depth;
    }
    if (text.ends_with('\n')) out += '\n';
    return out;
}

}  // namespace sanad::email
