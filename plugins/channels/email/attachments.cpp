#include "plugins/channels/email/attachments.h"

#include "plugins/channels/email/charset.h"
#include "plugins/channels/email/documents.h"
#include "plugins/channels/email/headers.h"
#include "plugins/channels/email/html.h"

#include <openssl/evp.h>

#include <cassert>
#include <optional>

namespace sanad::email {
namespace {

constexpr std::string_view image_left_out = "image_left_out";
constexpr std::string_view file_left_out = "file_left_out";

std::string_view mark_for(Content content) {
    return content == Content::image || content == Content::video ? image_left_out : file_left_out;
}

void keep_text(Attachment& file, std::string_view text) {
    const auto cleaned = without_encoded(clean_prose(text));
    if (cleaned.changed) file.left_out = cleaned.image ? image_left_out : file_left_out;
    file.bytes = cleaned.text;
    file.media_type = "text/plain";
    if (file.bytes.empty()) file.left_out = file_left_out;
}

// What the words of a document are kept under: its own name would promise another file.
std::string text_name(std::string_view name) {
    return shown(name, attachment_name_bytes_max - 4) + ".txt";
}

void keep_words(Attachment& file, const std::optional<DocumentWords>& words) {
    if (!words) {
        file.left_out = file_left_out;
        return;
    }
    file.kind = words->kind;
    file.name = text_name(file.name);
    keep_text(file, words->text);
    if (words->pictures) file.left_out = image_left_out;
}

void keep_page(Attachment& file, std::string_view bytes, std::string_view charset) {
    const auto text = text_of_html(to_utf8(bytes, charset).text);
    file.name = text_name(file.name);
    keep_text(file, text);
}

void keep_pdf(Attachment& file, std::string_view bytes) {
    switch (look_into_pdf(bytes)) {
        case PdfContent::words:
            file.bytes = bytes;
            file.media_type = "application/pdf";
            break;
        case PdfContent::pictures:
            file.left_out = image_left_out;
            break;
        case PdfContent::unclear:
            file.left_out = file_left_out;
            break;
    }
}

// What is no text in UTF-8 may be one in another charset: letters and spaces, hardly a control.
bool is_text_of_some_charset(std::string_view bytes, std::string_view text) {
    std::size_t controls = 0;
    for (const char c : bytes) {
        const auto byte = static_cast<unsigned char>(c);
        controls += byte < 0x20 && byte != '\n' && byte != '\r' && byte != '\t';
    }
    return controls == 0 && text.find("\xEF\xBF\xBD") == text.npos;
}

}  // namespace

Attachment judge(std::string_view name, std::string_view bytes, std::string_view charset) {
    Attachment file;
    file.name = shown(name, attachment_name_bytes_max);
    file.size = bytes.size();
    file.hash = sha256(bytes);
    auto content = content_of(bytes);
    std::string text;
    if (content == Content::unknown && !bytes.empty()) {
        auto decoded = to_utf8(bytes, charset);
        if (!decoded.lossy && is_text_of_some_charset(bytes, decoded.text)) {
            text = std::move(decoded.text);
            content = content_of(text);
        } else if (charset.starts_with("utf-16") || charset.starts_with("UTF-16") ||
                   bytes.starts_with("\xFF\xFE") || bytes.starts_with("\xFE\xFF")) {
            text = std::move(decoded.text);
            content = decoded.lossy ? Content::unknown : content_of(text);
        }
    } else if (content == Content::text) {
        text = bytes;
    }
    file.kind = email::name(content);
    switch (content) {
        case Content::text:
        case Content::encoded:
            keep_text(file, text.empty() ? bytes : text);
            break;
        case Content::markup:
            keep_page(file, text.empty() ? bytes : text, charset);
            break;
        case Content::pdf:
            keep_pdf(file, bytes);
            break;
        case Content::zip:
            keep_words(file, words_of_document(bytes));
            break;
        default:
            file.left_out = mark_for(content);
    }
    return file;
}

Attachment text_attachment(Attachment::Role role, std::string_view name, std::string_view text) {
    Attachment file;
    file.role = role;
    file.name = name;
    file.media_type = "text/plain";
    file.bytes = text;
    file.kind = email::name(Content::text);
    file.size = text.size();
    file.hash = sha256(text);
    return file;
}

std::string sha256(std::string_view bytes) {
    std::string digest(32, '\0');
    unsigned size = 0;
    const int done =
        EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()),
                   &size, EVP_sha256(), nullptr);
    assert(done == 1 && size == digest.size());
    return digest;
}

}  // namespace sanad::email
