#pragma once

#include <string>
#include <string_view>

namespace sanad::email {

/// One text in the three languages that there are texts in.
struct Words {
    std::string ar, fr, en;

    /// language  BCP 47; what is not Arabic, Darija, French or English is English
    const std::string& in(std::string_view language) const;
};

/// The sentences of the automatic answer; for native readers: config/REVIEW.md.
struct AnswerTexts {
    Words greeting, arrived;
    Words who, next, add;  // who reads it, what happens now, how to say more
    Words danger;          // above the numbers
    Words image, file;     // why something was left out, and what to send instead
    Words shared;          // others may open this mailbox
};
const AnswerTexts& answer_texts();

}  // namespace sanad::email
