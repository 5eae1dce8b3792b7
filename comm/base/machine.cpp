#include "comm/base/machine.hpp"

#include <cmath>
#include <nlohmann/json.hpp>

#include "framework/base/error.hpp"
#include "framework/base/file.hpp"

namespace laconic::comm {
namespace {

constexpr const char* alpha_key = "alpha_us";
constexpr const char* beta_key = "beta_ns_per_byte";
constexpr const char* gamma_key = "gamma_ns_per_element";
constexpr const char* about_key = "about";

double number(const nlohmann::json& machine, const char* key, const std::string& path) {
  const auto found = machine.find(key);
  if (found == machine.end()) fail(ExitCode::config, "{}: {} is missing", path, key);
  const double value = found->is_number() ? found->get<double>() : -1;
  if (!(value >= 0 && std::isfinite(value)))
    fail(ExitCode::config, "{}: {}: {} is no number >= 0", path, key, found->dump());
  return value;
}

}  // namespace

Link read_machine(FileSystem& files, const std::string& path) {
  const auto machine = nlohmann::json::parse(files.read(path), nullptr, false);
  if (!machine.is_object()) fail(ExitCode::config, "{}: is no JSON object", path);
  for (const auto& [key, value] : machine.items())
    if (key != alpha_key && key != beta_key && key != gamma_key && key != about_key)
      fail(ExitCode::config, "{}: {}: unknown key, allowed are {}, {}, {}, {}", path, key,
           alpha_key, beta_key, gamma_key, about_key);
  const double alpha_us = number(machine, alpha_key, path);
  const double beta_ns = number(machine, beta_key, path);
  return link_of(alpha_us, beta_ns, number(machine, gamma_key, path));
}

void write_machine(FileSystem& files, const std::string& path, const Link& link,
                   const std::string& about) {
  const nlohmann::ordered_json machine = {{alpha_key, 1e6 * link.latency_s},
                                          {beta_key, 1e9 * link.occupied_s(1)},
                                          {gamma_key, 1e9 * link.element_s},
                                          {about_key, about}};
  write_atomically(files, path, machine.dump(2) + "\n");
}

}  // namespace laconic::comm
