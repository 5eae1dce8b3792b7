#include "tests/fuzz/checkpoint_seed.hpp"

#include <numeric>

#include "framework/base/sha256.hpp"
#include "framework/checkpoint/manifest.hpp"

namespace laconic::fuzz {
namespace {

std::string hash_of(std::span<const std::byte> bytes) {
  return Sha256().update(bytes).hex();
}

FileRecord write_rank(int rank, int64_t step, Files& files) {
  SmallState state(step, {rank, 2});
  for (float& r : state.residual) r = static_cast<float>(step) * static_cast<float>(1 + rank);
  std::vector<StateEntry> own;  // rank 0 writes what is equal everywhere
  const StateList list = state.list();
  for (const StateEntry& entry : list.entries())
    if (rank == 0 || entry.placement != Placement::replicated) own.push_back(entry);
  Image image;
  compose_image(own, step, "{}", image);
  const std::string bytes(reinterpret_cast<const char*>(image.bytes.data()), image.bytes.size());
  FileRecord record{shard_name(rank), static_cast<int64_t>(bytes.size()),
                    Sha256().update(bytes).hex(), image.tensors};
  for (TensorRecord& tensor : record.tensors) tensor.sha256 = hash_of(tensor.in(bytes));
  files[record.name] = bytes;
  return record;
}

}  // namespace

SmallState::SmallState(int64_t at, Shard shard) : step(at) {
  std::iota(parameters.begin(), parameters.end(), static_cast<float>(at));
  std::iota(moments.begin(), moments.end(), static_cast<double>(2 * at));
  residual.assign(residual.size(), static_cast<float>(3 * at));
  messages.assign(static_cast<size_t>(at), at);
  for (int64_t client = shard.index; client < 4; client += shard.count)
    clients[client].assign(3, static_cast<float>(at + client));
}

StateList SmallState::list() {
  StateList list;
  list.add("parameters", std::span(parameters));
  list.add("optimizer/moment1", std::span(moments));
  list.add("comm/residual", std::span(residual), Placement::rank_sum);
  list.add_varying("messages", messages);
  for (auto& [client, correction] : clients)
    list.add_keyed("client", client, "correction", correction);
  list.add_value("loop/step", step);
  return list;
}

Files checkpoint_files(int64_t step) {
  Files files;
  Manifest manifest{step, 2, {}, {{"seconds", 1.5}, {"ranks", {1, 2}}, {"config", {{"seed", 1}}}}};
  for (int rank = 0; rank < 2; ++rank) manifest.files.push_back(write_rank(rank, step, files));
  files[manifest_name] = encode_manifest(manifest);
  return files;
}

std::string unsealed(const std::string& text) {
  const std::string before = "\"manifest\": ";
  const size_t start = text.find(before) + before.size();
  return text.substr(start, text.size() - start - 2);
}

std::string sealed(const std::string& inner) {
  return "{\"sha256\": \"" + Sha256().update(inner).hex() + "\",\n\"manifest\": " + inner + "}\n";
}

}  // namespace laconic::fuzz
