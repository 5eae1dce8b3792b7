// Checkpoints. The manifest alone: what is accepted is printed and read back without a change. A
// whole folder: a damaged checkpoint is refused, the one before it is taken, and the state is
// changed by neither or by one of them whole.
#include <optional>
#include <stdexcept>

#include "framework/base/error.hpp"
#include "framework/checkpoint/folder.hpp"
#include "framework/checkpoint/inspect.hpp"
#include "tests/framework/base/lying_files.hpp"
#include "tests/framework/checkpoint/restore.hpp"
#include "tests/fuzz/checkpoint_seed.hpp"
#include "tests/fuzz/json_mutation.hpp"
#include "tests/fuzz/mutation.hpp"

namespace laconic::fuzz {
namespace {

void demand(bool condition, const char* what) {
  if (!condition) throw std::logic_error(what);
}

// Half of the texts get past the hash.
std::string damaged_seal(const std::string& text, const std::string& other, Draw& draw) {
  const std::string inner = unsealed(text);
  switch (draw.below(4)) {
    case 0:
    case 1:
      return mutate(text, other, draw);
    case 2:
      return sealed(mutate(inner, unsealed(other), draw));
    default:
      return sealed(mutate_json(nlohmann::json::parse(inner), draw));
  }
}

bool is_sealed(const std::string& text) {
  return text.size() > 100 && text == sealed(unsealed(text));
}

Input make_manifest(uint64_t number) {
  static const std::string manifest = checkpoint_files(20)[manifest_name];
  static const std::string record = encode_file_record(decode_manifest(manifest, "").files[0]);
  Draw draw(number);
  const bool whole = draw.below(3) > 0;
  const std::string& seed = whole ? manifest : record;
  const std::string text = damaged_seal(seed, draw.coin() ? manifest : record, draw);
  return {{{whole ? "manifest.json" : "record.json", text}}, !is_sealed(text)};
}

void load_manifest(const Files& files, const std::string&) {
  const auto& [name, text] = *files.begin();
  if (name == "manifest.json") {
    const std::string printed = encode_manifest(decode_manifest(text, name));
    demand(encode_manifest(decode_manifest(printed, name)) == printed, "changes when printed");
  } else {
    const std::string printed = encode_file_record(decode_file_record(text, name));
    demand(encode_file_record(decode_file_record(printed, name)) == printed,
           "changes when printed");
  }
}

Input make_checkpoint(uint64_t number) {
  static const Files good = checkpoint_files(20), other = checkpoint_files(10);
  Draw draw(number);
  const auto name =
      draw.of<std::string>({"rank0.h5", "rank1.h5", "manifest.json", "manifest.json"});
  Files files = good;
  files["LATEST"] = draw.below(8) == 0 ? mutate("step-20\n", "step-10\n", draw) : "step-20\n";
  files[name] = name == "manifest.json" ? damaged_seal(good.at(name), other.at(name), draw)
                                        : mutate(good.at(name), other.at(name), draw);
  if (draw.below(16) == 0) files.erase(name);
  const bool touched = !files.contains(name) || files[name] != good.at(name);
  const bool resealed = files.contains("manifest.json") && is_sealed(files["manifest.json"]);
  return {files, touched && (name != "manifest.json" || !resealed)};
}

void put(FileSystem& disk, const std::string& folder, const Files& files) {
  disk.make_directories(folder);
  for (const auto& [name, bytes] : files) disk.create(folder + "/" + name)->append(bytes);
}

// Reads a step, or the best there is, as one shard: what it throws leaves no trace in the state.
void read_whole(FileSystem& disk, const std::string& folder, Shard shard,
                std::optional<int64_t> step) {
  SmallState state(5, shard);
  try {
    const Checkpoint checkpoint = open_best(disk, folder, shard, alone, step);
    checkpoint.read(state.list());
    if (checkpoint.step() == 10 && shard.count == 1)
      demand(state == SmallState(10), "the older checkpoint is not what it was");
  } catch (const Error&) {
    demand(state == SmallState(5, shard), "an error has changed the state");
    throw;
  }
}

void load_checkpoint(const Files& files, const std::string&) {
  LyingFiles disk;
  const std::string folder = "/run/checkpoints", newest = folder + "/step-20";
  put(disk, folder + "/step-10", checkpoint_files(10));
  Files of_step = files;
  put(disk, folder, {{"LATEST", of_step["LATEST"]}});
  of_step.erase("LATEST");
  put(disk, newest, of_step);

  find_problems(disk, newest, Depth::contents);  // throws nothing, whatever it finds
  std::optional<Error> refused;
  const auto attempted = [&](const auto& action) {
    try {
      action();
    } catch (const Error& error) {
      refused = error;
    }
  };
  attempted([&] { read_whole(disk, folder, {0, 1}, {}); });
  for (const Shard shard : {Shard{0, 1}, Shard{0, 2}, Shard{1, 2}, Shard{2, 3}})
    attempted([&] { read_whole(disk, folder, shard, 20); });
  attempted([&] { checkpoint_fingerprint(disk, newest); });
  attempted([&] {
    SmallState state;
    read_named(disk, newest, state.list());
  });
  attempted([&] { inspect_checkpoint(disk, newest); });
  if (refused) throw *refused;
}

}  // namespace

Target manifest_target() {
  return {"manifest", make_manifest, load_manifest};
}

Target checkpoint_target() {
  return {"checkpoint", make_checkpoint, load_checkpoint, false, "/run/checkpoints"};
}

std::vector<Target> targets() {
  return {hdf5_target(),   idx_target(),      import_target(),
          libsvm_target(), manifest_target(), checkpoint_target()};
}

}  // namespace laconic::fuzz
