#pragma once

#include "core/base/bytes.h"
#include "core/casework/request.h"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace sanad::casework {

/// One field of a request as a person is shown it.
struct DisclosedField {
    std::string name;  // such as "age_band" or "code_word"; never changes
    std::vector<std::string> values;
    std::optional<Item> item;  // none: it always travels
    std::string list;          // the taxonomy its values are ids of; empty: free text
    bool operator==(const DisclosedField&) const = default;
};

/// Everything a request says, field by field; what is absent from it is absent here. A test holds
/// this and the schema together. threads  any
std::vector<DisclosedField> disclosed_fields(const ReferralRequest& request);

/// The field's name in a language: the label of its item; the name itself where it has none.
std::string label_of(const DisclosedField& field, const Taxonomies& taxonomies,
                     std::string_view language);
/// Its values in a language, where they are from a list; joined by `, `.
std::string shown_values(const DisclosedField& field, const Taxonomies& taxonomies,
                         std::string_view language);

/// The items that `bytes`, a schema::ReferralEvent with a request in it, really hold are all among
/// the ticked ones: asked of the bytes themselves, before they are sealed.
///
/// errors  denied, detail: the item's name · those of read_referral_message()
Result<void> check_only_ticked(ByteView bytes, const std::set<Item>& ticked,
                               const Taxonomies& taxonomies);

}  // namespace sanad::casework
