#include "core/node/configuration.h"

#include "core/base/time_zone.h"
#include "core/casework/statistics.h"
#include "core/federation/audit_witness.h"
#include "core/federation/directory.h"
#include "core/federation/directory_values.h"
#include "core/node/files.h"
#include "core/node/plugin_settings.h"
#include "core/node/settings.h"
#include "core/node/share_folder.h"

#include <algorithm>

namespace sanad::node {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view data_place = "{data}/";
constexpr std::array<std::string_view, 5> urgency_names{"U0", "U1", "U2", "U3", "U4"};
constexpr Duration clock_longest = std::chrono::days(365);
constexpr std::size_t escalation_milestones = 3;

void put_data_folder(TomlValue& value, const std::string& folder) {
    if (value.kind == TomlValue::Kind::text && value.text.starts_with(data_place))
        value.text = folder + "/" + value.text.substr(data_place.size());
    for (TomlValue& item : value.items) put_data_folder(item, folder);
    for (TomlEntry& entry : value.entries) put_data_folder(entry.value, folder);
}

// ------------------------------------------------------------------ single values

void check_texts(Settings& settings, std::string_view key, const std::vector<std::string>& texts,
                 const std::function<bool(std::string_view)>& good, std::string_view what) {
    for (std::size_t i = 0; i < texts.size(); ++i) {
        const bool twice = std::find(texts.begin(), texts.begin() + std::ptrdiff_t(i), texts[i]) !=
                           texts.begin() + std::ptrdiff_t(i);
        if (twice) settings.complain(key, json_string(texts[i]) + " twice: remove one");
        if (!texts[i].empty() && !good(texts[i]))
            settings.complain(key, json_string(texts[i]) + " is " + std::string(what));
    }
}

bool is_bind(std::string_view text) {
    if (!text.ends_with(":*")) return federation::check_endpoint(text).has_value();
    return federation::check_endpoint(std::string(text.substr(0, text.size() - 1)) + "1")
        .has_value();
}

constexpr std::string_view want_endpoint =
    "no endpoint: write tcp://host:port with a port from 1 to 65535";

// ------------------------------------------------------------------ one table each

void read_node(Settings settings, const fs::path& base, Configuration& out) {
    const std::string id = settings.required("id", "ma.cmrpi");
    if (const auto good = federation::parse_node_id(id)) {
        out.id = *good;
        for (const char c : id.substr(0, 2)) out.country += static_cast<char>(c - 'a' + 'A');
    } else if (!id.empty()) {
        settings.complain("id", json_string(id) +
                                    " is no node id: write the country's two letters, a dot and a "
                                    "label of a-z, 0-9 and -, such as ma.cmrpi");
    }
    out.name = settings.required("name", "CMRPI");
    if (out.name.size() > federation::node_name_bytes_max || out.name.find('"') != out.name.npos)
        settings.complain("name", "write at most 128 bytes without double quotes");
    out.languages = settings.texts("languages", federation::node_languages_max);
    if (out.languages.empty()) out.languages = {"ar", "fr", "en"};
    check_texts(settings, "languages", out.languages, federation::is_language,
                "no language tag: write for example \"ar\"");
    out.services = settings.texts("services", federation::node_services_max);
    check_texts(settings, "services", out.services, federation::is_service,
                "no service: use a-z, 0-9 and _, such as \"webchat\"");
    out.folder = absolute(base, settings.text("folder", "."));
    out.share = absolute(base, settings.text("share", share_folder_default));
    settings.finish();
}

void read_vault(Settings settings, const fs::path& base, Configuration& out) {
    constexpr std::array<std::string_view, 3> sources{"key_file", "passphrase", "credential"};
    VaultSettings& vault = out.vault;
    vault.source = VaultSource(settings.choice("source", sources, 0));
    vault.key_file = absolute(base, settings.text("key_file", "vault.key"));
    vault.passphrase_header =
        absolute(base, settings.text("passphrase_header", "vault.passphrase"));
    vault.credential = settings.text("credential", "sanad-vault-key");
    settings.finish();
}

void read_store(Settings settings, Configuration& out) {
    out.store.instance = "store";
    out.store.plugin = settings.text("plugin", "lmdb");
    out.stands_by = settings.truth("standby", false);
    out.store.config = settings.json("config");
    settings.finish();
}

void read_federation(Settings settings, const fs::path& base, Configuration& out) {
    FederationSettings& federation = out.federation;
    federation.bind = settings.text("bind");
    if (!federation.bind.empty() && !is_bind(federation.bind))
        settings.complain("bind", json_string(federation.bind) +
                                      " is no address: write tcp://address:port with a port from 1 "
                                      "to 65535, or * for any");
    federation.endpoints = settings.texts("endpoints", federation::node_endpoints_max);
    const auto is_endpoint = [](std::string_view text) {
        return federation::check_endpoint(text).has_value();
    };
    check_texts(settings, "endpoints", federation.endpoints, is_endpoint, want_endpoint);
    if (!federation.endpoints.empty() && federation.bind.empty())
        settings.complain("endpoints", "nobody listens there: set federation.bind as well");
    federation.directory = absolute(base, settings.text("directory", "directory.note"));
    federation.trust = absolute(base, settings.text("trust", "trust.txt"));
    federation.grace = settings.duration("grace", federation::directory_grace_default, Duration(0),
                                         std::chrono::days(60));
    settings.finish();
}

void read_audit(Settings settings, Configuration& out) {
    out.audit.round = settings.duration("round", federation::audit_round_default,
                                        std::chrono::seconds(5), std::chrono::days(1));
    const auto names = settings.texts("witnesses", federation::audit_witnesses);
    check_texts(
        settings, "witnesses", names,
        [](std::string_view text) { return federation::parse_node_id(text).has_value(); },
        "no node id: write for example \"tn.amal\"");
    for (const std::string& name : names) out.audit.witnesses.push_back({name});
    out.audit.check_hour = int(settings.number("check_hour", 3, 0, 23));
    settings.finish();
}

void read_statistics(Settings settings, Configuration& out) {
    out.statistics.smallest = std::uint32_t(
        settings.number("smallest", casework::statistics_smallest_default,
                        casework::statistics_smallest_least, casework::statistics_smallest_most));
    out.statistics.zone = settings.text("zone");
    if (out.statistics.zone.empty()) out.statistics.zone = zone_of_country(out.country);
    if (!check_time_zone(out.statistics.zone))
        settings.complain("zone", json_string(out.statistics.zone) +
                                      " is no time zone: write for example "
                                      "\"Africa/Casablanca\"");
    settings.finish();
}

void read_policy(Settings settings, Configuration& out) {
    const std::string signer = settings.text("signer");
    if (!signer.empty()) {
        const auto verifier = trust::parse_verifier(signer);
        if (verifier)
            out.policy_signer = *verifier;
        else
            settings.complain("signer", json_string(signer) +
                                            " is no verifier: write what sanad directory "
                                            "steward-key printed");
    }
    settings.finish();
}

void read_staff(Settings& root, Configuration& out) {
    root.tables("staff", staff_max, [&](Settings& settings) {
        StaffMember member;
        member.name = settings.required("name", "amina");
        if (member.name.size() > staff_name_bytes_max || member.name == "person")
            settings.complain("name", "write at most 64 bytes, and not \"person\"");
        for (const StaffMember& other : out.staff)
            if (!member.name.empty() && other.name == member.name)
                settings.complain(
                    "name", json_string(member.name) + " twice: put all roles into one entry");
        member.roles = settings.texts("roles", staff_roles.size());
        const auto is_role = [](std::string_view role) {
            return std::ranges::find(staff_roles, role) != staff_roles.end();
        };
        check_texts(settings, "roles", member.roles, is_role,
                    "no role: use volunteer, counsellor, supervisor, flagger, data_officer, admin "
                    "or auditor");
        if (settings.has("name") && member.roles.empty())
            settings.complain("roles", "are missing: write for example roles = [\"counsellor\"]");
        out.staff.push_back(std::move(member));
    });
}

NameInLanguages read_name(Settings settings) {
    NameInLanguages name{settings.required("en", "The child helpline"),
                         settings.required("fr", "La ligne d'aide aux enfants"),
                         settings.required("ar", "خط مساعدة الأطفال")};
    for (const auto& [key, text] : {std::pair("en", &name.en), {"fr", &name.fr}, {"ar", &name.ar}})
        if (text->size() > display_name_bytes_max)
            settings.complain(key, "write at most 120 bytes");
    settings.finish();
    return name;
}

void read_partners(Settings& root, Configuration& out) {
    root.tables("partner", partners_max, [&](Settings& settings) {
        PartnerSettings partner;
        partner.id = settings.required("id", "legal-aid");
        if (!partner.id.empty() && !federation::is_code(partner.id, 31, '-'))
            settings.complain("id", "write at most 31 of a-z, 0-9 and -");
        for (const PartnerSettings& other : out.partners)
            if (!partner.id.empty() && other.id == partner.id)
                settings.complain("id", json_string(partner.id) + " twice: rename one");
        partner.name = read_name(settings.table("name"));
        partner.plugin = settings.required("plugin", "legal-aid-webhook");
        const auto reaches = [&](const auto& plugin) { return plugin.instance == partner.plugin; };
        if (!partner.plugin.empty() && std::ranges::none_of(out.plugins, reaches))
            settings.complain("plugin", "no [[plugin]] has the instance " +
                                            json_string(partner.plugin) + ": add one");
        out.partners.push_back(std::move(partner));
    });
}

// `count`: escalations have no more milestones than these.
void read_limits(Settings settings, std::size_t count, casework::Limits& limits) {
    for (std::size_t i = 0; i < count; ++i)
        limits[i] = settings.duration(casework::name(casework::Milestone(i)), limits[i],
                                      Duration(0), clock_longest);
    settings.finish();
}

void read_clock_table(Settings settings, std::size_t count, casework::ClockTable& table) {
    for (std::size_t urgency = 0; urgency < urgency_names.size(); ++urgency)
        read_limits(settings.table(urgency_names[urgency]), count, table.limits[urgency]);
    settings.finish();
}

// The form of config/clocks.toml, which has the defaults.
void read_clocks(Settings settings, Configuration& out) {
    out.clocks = casework::default_clocks();
    read_clock_table(settings.table("referral"), casework::milestone_count, out.clocks.referral);
    read_clock_table(settings.table("escalation"), escalation_milestones, out.clocks.escalation);
    Settings afterwards = settings.table("afterwards");
    out.clocks.confirm_within = afterwards.duration("confirm_within", out.clocks.confirm_within,
                                                    std::chrono::hours(1), clock_longest);
    out.clocks.hold_at_most = afterwards.duration("hold_at_most", out.clocks.hold_at_most,
                                                  std::chrono::hours(1), clock_longest);
    out.clocks.consent_check_within =
        afterwards.duration("consent_check_within", out.clocks.consent_check_within,
                            std::chrono::minutes(1), clock_longest);
    afterwards.finish();
    if (const auto good = casework::check_clocks(out.clocks); !good)
        settings.complain({},
                          "the limits do not rise from stored to accepted, from begun to acted, "
                          "and from U0 to U4 (" +
                              good.error().detail + "): correct them");
    settings.finish();
}

void read_calls(Settings& duty, Configuration& out) {
    duty.tables("call", calls_max, [&](Settings& settings) {
        CallSettings call;
        call.name = settings.required("name", "on-call supervisor");
        if (call.name.size() > staff_name_bytes_max || call.name.find(',') != call.name.npos)
            settings.complain("name", "write at most 64 bytes, without a comma");
        call.number = settings.text("number");
        if (call.number.size() > call_number_bytes_max)
            settings.complain("number", "write at most 64 bytes");
        call.plugin = settings.text("plugin");
        const auto reaches = [&](const auto& plugin) { return plugin.instance == call.plugin; };
        if (!call.plugin.empty() && std::ranges::none_of(out.plugins, reaches))
            settings.complain("plugin", "no [[plugin]] has the instance " +
                                            json_string(call.plugin) + ": add one");
        out.duty.calls.push_back(std::move(call));
    });
}

void read_duty(Settings settings, Configuration& out) {
    out.duty.supervisors = settings.texts("supervisors", staff_max);
    const auto is_staff = [&](std::string_view name) {
        return std::ranges::find(out.staff, name, &StaffMember::name) != out.staff.end();
    };
    check_texts(settings, "supervisors", out.duty.supervisors, is_staff,
                "not on the staff list: add them as [[staff]]");
    const auto nodes = settings.texts("fallback", fallback_nodes_max);
    const auto is_node = [](std::string_view id) {
        return federation::parse_node_id(std::string(id)).has_value();
    };
    check_texts(settings, "fallback", nodes, is_node,
                "no node id: write for example \"tn.helpline\"");
    for (const std::string& node : nodes) out.duty.fallback.push_back({node});
    out.duty.offer_cover = settings.truth("offer_cover", false);
    read_calls(settings, out);
    settings.finish();
}

void read_exposure(Settings settings, Configuration& out) {
    casework::ExposureRules& rules = out.exposure;
    using namespace std::chrono;
    rules.day = settings.duration("day", rules.day, minutes(30), hours(12));
    rules.stretch = settings.duration("stretch", rules.stretch, minutes(10), hours(4));
    settings.finish();
}

void read_log(Settings settings, Configuration& out) {
    constexpr std::array<std::string_view, 4> levels{"debug", "info", "warn", "error"};
    out.log_level = Log::Level(settings.choice("level", levels, 1));
    settings.finish();
}

Configuration read_all(const TomlValue& document, const fs::path& file, Problems& problems) {
    const fs::path base = file.parent_path();
    Configuration out;
    out.file = file;
    Settings root(&document, {}, "", problems);
    if (root.number("version", 1, 1, 1) == 1 && !root.has("version") && !problems.list_keys)
        root.complain("version", "is missing: write version = 1 in the first line");
    read_node(root.table("node"), base, out);
    read_vault(root.table("vault"), base, out);
    read_store(root.table("store"), out);
    read_federation(root.table("federation"), base, out);
    read_audit(root.table("audit"), out);
    auto backups = root.table("backup");
    out.backup = read_backups(backups, base);
    read_statistics(root.table("statistics"), out);
    read_policy(root.table("policy"), out);
    read_plugin_folders(root.table("plugins"), base, out);
    read_plugins(root, out);
    read_staff(root, out);
    auto accounts = root.table("accounts");
    out.accounts = read_accounts(accounts);
    read_partners(root, out);
    read_clocks(root.table("clocks"), out);
    read_duty(root.table("duty"), out);
    read_exposure(root.table("exposure"), out);
    read_log(root.table("log"), out);
    root.finish();
    return out;
}

}  // namespace

Result<Configuration> parse_configuration(std::string_view text, const fs::path& file) {
    auto document = parse_toml(text, file.string());
    if (!document) return std::unexpected(document.error());
    const TomlValue* node = document->find("node");
    const TomlValue* folder = node == nullptr ? nullptr : node->find("folder");
    put_data_folder(*document,
                    absolute(file.parent_path(), folder == nullptr ? "." : folder->text).string());
    Problems problems(file.string());
    Configuration configuration = read_all(*document, file, problems);
    if (!problems.none()) return fail(Fault::invalid, problems.text());
    return configuration;
}

Result<Configuration> load_configuration(const fs::path& file) {
    std::error_code fault;
    const fs::path whole = fs::absolute(file, fault).lexically_normal();
    const auto text = read_file(whole, toml_bytes_max, FileTrust::own);
    if (!text) return std::unexpected(text.error());
    if (text->empty())
        return fail(Fault::malformed, whole.string() +
                                          ": is empty: make a node with sanad init, or see "
                                          "config/node.toml");
    auto configuration = parse_configuration(*text, whole);
    if (!configuration) return configuration;
    if (const auto folder = check_private_folder(configuration->folder); !folder)
        return std::unexpected(folder.error());
    return configuration;
}

std::set<std::string> configuration_keys() {
    Problems problems("");
    problems.list_keys = true;
    read_all(TomlValue(), "/", problems);
    return problems.asked;
}

Result<fs::path> find_plugin(const Configuration& configuration, const PluginSettings& plugin) {
    if (plugin.plugin.ends_with(".so"))
        return absolute(configuration.file.parent_path(), plugin.plugin);
    std::string folders;
    for (const fs::path& folder : configuration.plugin_folders) {
        const fs::path file = folder / (plugin.plugin + ".so");
        std::error_code fault;
        if (fs::is_regular_file(file, fault)) return file;
        folders += (folders.empty() ? "" : ", ") + folder.string();
    }
    return fail(Fault::not_found, configuration.file.string() + ": the plugin " +
                                      json_string(plugin.plugin) + " is not in " + folders +
                                      ": install it, or correct plugins.folders");
}

const char* name(Placement placement) {
    return placement == Placement::isolated ? "isolated" : "inprocess";
}

fs::path find_plugin_host(const Configuration& configuration) {
    if (!configuration.plugin_host.empty()) return configuration.plugin_host;
    std::error_code fault;
    const fs::path program = fs::read_symlink("/proc/self/exe", fault).parent_path();
    // bin/sanad-node beside libexec/sanad, or nodes/daemon/sanad-node of a build tree.
    for (const fs::path& folder : {program / "../libexec/sanad", program / "../plugin-host"})
        if (const auto host = folder / "sanad-plugin-host"; fs::exists(host, fault))
            return host.lexically_normal();
    return fs::path(plugin_host_default);
}

}  // namespace sanad::node
