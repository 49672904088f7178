#pragma once

#include "plugins/channels/email/attachments.h"
#include "plugins/channels/email/mime.h"

#include <string>
#include <vector>

// Which parts of a mail are its text, and what the others are.
namespace sanad::email {

struct Body {
    std::string text;  // clean UTF-8, with the quotes that are in it
    std::vector<Attachment> attachments;
    bool image_left_out = false, file_left_out = false;  // of the text or of an attachment
    bool lossy = false;                                  // something could not be read
};

/// Of the same text in several forms the plain one is taken, unless it says next to nothing. Mails
/// that are attached become texts. What says it is text and is none is judged as a file.
Body read_body(const std::vector<Part>& parts);

/// RFC 3676: lines that a program broke are whole again.
std::string unflow(std::string_view text, bool delete_space);

}  // namespace sanad::email
