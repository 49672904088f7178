#include "core/node/node_toml.h"

#include "core/node/plugin_settings.h"
#include "core/node/toml_document.h"

#include <algorithm>

namespace sanad::node {
namespace {

// JSON's strings are TOML's basic strings as well.
std::string toml_text(std::string_view text) { return json_string(text); }

std::string list_of(const std::vector<std::string>& texts) {
    std::string list;
    for (const std::string& text : texts) list += (list.empty() ? "" : ", ") + toml_text(text);
    return "[" + list + "]";
}

std::string words(const NameInLanguages& name) {
    return "{ ar = " + toml_text(name.ar) + ", fr = " + toml_text(name.fr) +
           ", en = " + toml_text(name.en) + " }";
}

// Numbers and truth values as they are, everything else as a text.
std::string toml_value(std::string_view value) {
    const bool is_number = !value.empty() && value.size() < 19 &&
                           value.find_first_not_of("0123456789") == value.npos &&
                           (value.size() == 1 || value.front() != '0');
    return is_number || value == "true" || value == "false" ? std::string(value) : toml_text(value);
}

std::string store_of(const InitialiseOptions& options) {
    std::string text = "[store]\nplugin = " + toml_text(options.store) + "\n[store.config]\n";
    bool has_path = options.store != "lmdb";  // only a store in a folder has one
    for (const std::string& setting : options.store_settings) {
        const auto equals = std::min(setting.find('='), setting.size());
        const std::string key = setting.substr(0, equals);
        has_path = has_path || key == "path";
        text += key + " = " +
                toml_value(std::string_view(setting).substr(std::min(equals + 1, setting.size()))) +
                "\n";
    }
    return text + (has_path ? "\n" : "path = \"{data}/store\"\n\n");
}

std::string federation_of(const InitialiseOptions& options) {
    if (options.listen.empty())
        return "[federation]\n"
               "# This node only dials. Set bind and endpoints when others are to reach it.\n\n";
    std::string text = "[federation]\nbind = " + toml_text(options.listen) + "\n";
    if (!options.endpoints.empty()) text += "endpoints = " + list_of(options.endpoints) + "\n";
    return text + "\n";
}

// Whom to call while the page is down: what the country's profile knows, and nothing else.
std::string fallback_of(const CountryProfile& profile) {
    NameInLanguages text = fallback_default;
    for (const CountryProfile::Number& number : profile.numbers) {
        text.en += "\n" + number.label.en + ": " + number.number;
        text.fr += "\n" + number.label.fr + " : " + number.number;
        text.ar += "\n" + number.label.ar + ": " + number.number;
    }
    return "fallback = " + words(text) + "\n";
}

std::string chat_of(const InitialiseOptions& options, const CountryProfile& profile) {
    std::string text =
        "# The chat page for children. Beyond this machine it needs a certificate, here or in a "
        "web\n"
        "# server in front.\n"
        "[[plugin]]\ninstance = \"chat\"\nplugin = \"webchat\"\n"
        "# What people read while the page is down.\n" +
        fallback_of(profile) +
        "[plugin.config]\nlistenAddress = " + toml_text(options.chat_address) +
        "\nlistenPort = " + std::to_string(options.chat_port) +
        "\nlanguages = " + list_of(profile.page_languages) +
        "\nhelpline = " + words(profile.helpline) + "\n";
    for (const CountryProfile::Number& number : profile.numbers)
        text += "[[plugin.config.emergencyNumbers]]\nnumber = " + toml_text(number.number) +
                "\nlabel = " + words(number.label) + "\n";
    return text + "\n";
}

std::string desk_of(const InitialiseOptions& options) {
    if (options.desk_address.empty()) return "";
    std::string text =
        "# The desk where staff sign in. Beyond this machine it needs a certificate, here or in a "
        "web\n# server in front, and its address in [accounts] for passkeys.\n"
        "[[plugin]]\ninstance = \"desk\"\nplugin = \"console\"\n"
        "[plugin.config]\nlistenAddress = " +
        toml_text(options.desk_address) + "\nlistenPort = " + std::to_string(options.desk_port) +
        "\n\n";
    return text;
}

// As comments: an organisation has to agree first.
std::string partners_of(const CountryProfile& profile) {
    std::string text =
        "# Organisations that escalations go to: one plugin and one partner each. Kinds to look "
        "for:\n";
    for (const CountryProfile::Partner& partner : profile.partners)
        text += "#\n# [[plugin]]\n# instance = " + toml_text(partner.id) +
                "\n# plugin = " + toml_text(partner.plugin) +
                "\n# [plugin.config]  # endpoint, signingKeyFile and callbackKeys at least\n# "
                "[[partner]]\n# id = " +
                toml_text(partner.id) + "\n# plugin = " + toml_text(partner.id) +
                "\n# name = " + words(partner.name) + "\n";
    return text + "\n";
}

std::string staff_of(const InitialiseOptions& options) {
    std::string text =
        "# Who works here. One name a person: it stands in the audit log. Roles: volunteer,\n"
        "# counsellor, supervisor, flagger, data_officer, admin (sees no case), auditor.\n";
    auto staff = options.staff;
    if (staff.empty()) staff.push_back({"first", {"counsellor", "supervisor", "admin", "auditor"}});
    for (const StaffMember& member : staff)
        text += "[[staff]]\nname = " + toml_text(member.name) +
                "\nroles = " + list_of(member.roles) + "\n";
    return text +
           "\n# Where they sign in at a desk; passkeys are bound to the first one's host.\n"
           "# [accounts]\n# origins = [\"https://desk.example.org\"]\n";
}

}  // namespace

std::string write_node_toml(const InitialiseOptions& options, const CountryProfile& profile) {
    std::vector<std::string> folders;
    for (const auto& folder : options.plugin_folders) folders.push_back(folder.string());
    std::string text =
        "# A node of Sanad. Every key is explained in config/node.toml of the source, or in\n" +
        ("# " + options.share.string() + "/node.toml. Check it with sanad doctor.\n") +
        "version = 1\n\n[node]\nid = " +
        toml_text(options.node.empty() ? profile.node.text : options.node) +
        "\nname = " + toml_text(options.name.empty() ? profile.helpline.en : options.name) +
        "\nlanguages = " + list_of(profile.languages) + "\nservices = [\"webchat\"]" +
        "\nshare = " + toml_text(options.share.string()) + "\n\n";
    text += options.vault == VaultSource::key_file
                ? "[vault]\nsource = \"key_file\"\nkey_file = \"vault.key\"\n\n"
                : "[vault]\nsource = \"passphrase\"\npassphrase_header = \"vault.passphrase\"\n\n";
    text += store_of(options);
    text += federation_of(options);
    text += "[plugins]\nfolders = " + list_of(folders) + "\n\n";
    text += chat_of(options, profile);
    text += desk_of(options);
    text += partners_of(profile);
    return text + staff_of(options);
}

}  // namespace sanad::node
