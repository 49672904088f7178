#pragma once

#include "plugins/channels/phone/flow/flow_reader.h"
#include "plugins/channels/phone/flow/toml_node.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

// The fields of one table of a TOML file, each asked for by its name. Whatever is not as it was
// asked for, and whatever nobody asked for, becomes a complaint.
namespace sanad::phone {

inline constexpr std::size_t text_bytes_max = 200;

class Fields {
public:
    enum class Need : std::uint8_t { must, may };

    /// place  of the table, in complaints; empty: the file itself
    /// table, complaints  outlive this
    Fields(const TomlNode& table, std::string place, std::vector<Complaint>& complaints);

    /// 1 to name_bytes_max of a-z, 0-9 and _.
    std::string name(std::string_view key, Need need);
    /// Names, or such an item as {position}.
    std::vector<std::string> items(std::string_view key, Need need);
    std::vector<std::string> names(std::string_view key, Need need);
    std::string text(std::string_view key, Need need);
    std::vector<std::string> texts(std::string_view key, Need need, std::size_t at_most);
    bool truth(std::string_view key);
    std::optional<std::size_t> whole(std::string_view key, Need need, std::size_t from,
                                     std::size_t to);
    /// A number and s or min, such as "8s".
    std::optional<std::chrono::seconds> time(std::string_view key, Need need,
                                             std::chrono::seconds from, std::chrono::seconds to);
    /// One of 0 to 9, * and #.
    std::optional<char> digit(std::string_view key, Need need);
    /// Which of `words` it is.
    std::optional<std::size_t> word(std::string_view key, Need need,
                                    const std::vector<std::string_view>& words);

    bool has(std::string_view key) const { return table_->find(key) != nullptr; }
    std::vector<std::string> keys() const;
    /// joint  what stands between its place and its keys
    std::optional<Fields> table(std::string_view key, Need need, std::string joint = ", ");
    std::vector<Fields> tables(std::string_view key, Need need, std::size_t at_most);

    /// key  empty: the table itself
    void complain(std::string_view key, std::string wrong, std::string mend);
    /// Complains about each key that was not asked for. has_not  "a state of kind say has no such
    /// field"
    void refuse_others(const std::string& has_not);

private:
    const TomlNode* ask(std::string_view key, Need need, TomlNode::Kind kind,
                        const std::string& must_be);
    bool check_name(std::string_view key, const std::string& name);
    std::string place_of(std::string_view key) const;

    const TomlNode* table_;
    std::string place_;
    std::string joint_ = ", ";
    std::vector<Complaint>* complaints_;
    std::set<std::string, std::less<>> asked_;
};

}  // namespace sanad::phone
