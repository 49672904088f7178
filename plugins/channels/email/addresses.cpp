#include "plugins/channels/email/addresses.h"

#include "plugins/channels/email/charset.h"
#include "plugins/channels/email/headers.h"

#include <algorithm>

namespace sanad::email {
namespace {

constexpr std::size_t message_id_bytes_max = 500;

// What stands between two commas of a list, taken apart.
struct Pieces {
    std::string phrase, angle, comment;
    bool has_angle = false;
};

Address address_of(const Pieces& pieces) {
    Address address;
    std::string mailbox(trim(pieces.has_angle ? pieces.angle : pieces.phrase));
    if (const auto colon = mailbox.find(':'); mailbox.starts_with('@') && colon != mailbox.npos)
        mailbox.erase(0, colon + 1);  // a route, which nobody uses any more
    std::erase_if(mailbox, [](char c) { return c == ' ' || c == '\t'; });
    if (is_mailbox(mailbox)) address.mailbox = mailbox;
    const auto& name = pieces.has_angle ? pieces.phrase : pieces.comment;
    address.name = shown(decode_text(name), shown_name_bytes_max);
    if (address.mailbox.empty() && !pieces.has_angle && address.name.empty())
        address.name = shown(decode_text(pieces.phrase), shown_name_bytes_max);
    return address;
}

// Reads one list, character by character: quotes and comments may hold anything.
class List {
public:
    List(std::string_view text, std::size_t most) : text_(text), most_(most) {}

    std::vector<Address> read() {
        for (; at_ < text_.size() && found_.size() < most_; ++at_) step(text_[at_]);
        finish();
        return std::move(found_);
    }

private:
    void step(char c) {
        if (c == '"' && !pieces_.has_angle) return quoted();
        if (c == '(') return comment();
        if (c == '<' && !pieces_.has_angle) return angle();
        if (c == ',' || c == ';') return finish();
        if (c == ':' && !pieces_.has_angle && pieces_.phrase.find('@') == std::string::npos) {
            pieces_ = {};  // the name of a group
            return;
        }
        if (!pieces_.has_angle) pieces_.phrase += c;
    }
    void quoted() {
        for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
            if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
            pieces_.phrase += text_[at_];
        }
    }
    void comment() {
        int depth = 0;
        for (; at_ < text_.size(); ++at_) {
            const char c = text_[at_];
            if (c == '\\' && at_ + 1 < text_.size())
                pieces_.comment += text_[++at_];
            else if (c == '(' && depth++ == 0)
                continue;
            else if (c == ')' && --depth == 0)
                return;
            else
                pieces_.comment += c;
        }
    }
    void angle() {
        const auto end = std::min(text_.find('>', at_), text_.size());
        pieces_.angle = text_.substr(at_ + 1, end - at_ - 1);
        pieces_.has_angle = true;
        at_ = end;
    }
    void finish() {
        if (pieces_.has_angle || !trim(pieces_.phrase).empty()) {
            auto address = address_of(pieces_);
            const bool empty = address.mailbox.empty() && address.name.empty();
            if (!empty && found_.size() < most_) found_.push_back(std::move(address));
        }
        pieces_ = {};
    }

    std::string_view text_;
    std::size_t most_;
    std::size_t at_ = 0;
    Pieces pieces_;
    std::vector<Address> found_;
};

}  // namespace

std::vector<Address> read_addresses(std::string_view value, std::size_t most) {
    return List(value, most).read();
}

std::vector<std::string> read_message_ids(std::string_view value, std::size_t most) {
    std::vector<std::string> ids;
    for (std::size_t at = 0; (at = value.find('<', at)) != value.npos;) {
        const auto end = value.find_first_of("<>", at + 1);
        if (end == value.npos) break;
        const auto id = value.substr(at, end - at + 1);
        const bool good = value[end] == '>' && id.size() > 2 && id.size() <= message_id_bytes_max &&
                          std::ranges::all_of(id, [](char c) { return c > 0x20 && c < 0x7f; });
        if (good && std::ranges::find(ids, id) == ids.end()) {
            if (ids.size() >= most && most > 1) ids.erase(ids.begin() + 1);
            if (ids.size() < most) ids.emplace_back(id);
        }
        at = value[end] == '>' ? end + 1 : end;
    }
    return ids;
}

bool is_mailbox(std::string_view text) {
    const auto sign = text.rfind('@');
    if (text.size() > mailbox_bytes_max || sign == text.npos || sign == 0 ||
        sign + 1 == text.size() || !is_utf8(text))
        return false;
    const auto domain = text.substr(sign + 1);
    if (domain.front() == '.' || domain.back() == '.' || text.front() == '-') return false;
    return std::ranges::none_of(text,
                                [](char c) {
                                    const auto byte = static_cast<unsigned char>(c);
                                    return byte <= 0x20 || byte == 0x7f ||
                                           std::string_view("<>()[],;:\\\"").find(c) !=
                                               std::string_view::npos;
                                }) &&
           text.find('@') == sign;
}

}  // namespace sanad::email
