#include "data/import/zip.hpp"

#include <zip.h>

#include <algorithm>

#include "data/unpacked.hpp"
#include "framework/base/error.hpp"

namespace laconic::data {
namespace {

constexpr zip_int64_t most_members = 100'000;

struct ZipError {
  zip_error_t error;
  ZipError() { zip_error_init(&error); }
  ~ZipError() { zip_error_fini(&error); }
  ZipError(const ZipError&) = delete;
};

[[noreturn]] void damaged(const std::string& where, const char* reason) {
  fail(ExitCode::data, "{}: damaged or truncated zip file, or of an unknown kind: {}", where,
       reason);
}

// A name in a message; a hostile one may be long.
std::string place_of(const std::string& where, const std::string& name) {
  return where + ": " + name.substr(0, 80);
}

}  // namespace

Zip::Zip(std::string_view content, std::string where)
    : where_(std::move(where)), zip_(nullptr, zip_discard) {
  ZipError e;
  zip_source_t* source = zip_source_buffer_create(content.data(), content.size(), 0, &e.error);
  LACONIC_CHECK(source != nullptr);
  zip_.reset(zip_open_from_source(source, ZIP_RDONLY | ZIP_CHECKCONS, &e.error));
  if (!zip_) {
    zip_source_free(source);
    damaged(where_, zip_error_strerror(&e.error));
  }
  const zip_int64_t count = zip_get_num_entries(zip_.get(), 0);
  if (count > most_members) damaged(where_, "too many members");
  double total = 0;
  for (zip_int64_t i = 0; i < count; ++i) {
    zip_stat_t stat;
    if (zip_stat_index(zip_.get(), i, ZIP_FL_ENC_RAW, &stat) != 0)
      damaged(where_, zip_strerror(zip_.get()));
    names_.emplace_back(stat.name);
    total += static_cast<double>(stat.size);
  }
  require_memory(static_cast<int64_t>(std::min(total, 0x1p62)), where_);
  std::vector<std::string> sorted = names_;
  std::ranges::sort(sorted);
  if (const auto twice = std::ranges::adjacent_find(sorted); twice != sorted.end())
    damaged(place_of(where_, *twice), "two members have this name");
}

std::string Zip::extract(size_t index) const {
  const std::string place = place_of(where_, names_[index]);
  zip_stat_t stat;
  if (zip_stat_index(zip_.get(), index, 0, &stat) != 0) damaged(place, zip_strerror(zip_.get()));
  if (stat.size / largest_compression > stat.comp_size) damaged(place, "its size");
  std::string bytes(stat.size, '\0');
  const std::unique_ptr<zip_file_t, int (*)(zip_file_t*)> file(
      zip_fopen_index(zip_.get(), index, 0), zip_fclose);
  if (!file) damaged(place, zip_strerror(zip_.get()));
  char behind;  // the checksum is verified where the content ends
  if (zip_fread(file.get(), bytes.data(), bytes.size()) != static_cast<zip_int64_t>(stat.size) ||
      zip_fread(file.get(), &behind, 1) != 0)
    damaged(place, zip_file_strerror(file.get()));
  return bytes;
}

std::string make_zip(std::span<const ZipMember> members) {
  ZipError e;
  const std::unique_ptr<zip_source_t, void (*)(zip_source_t*)> target(
      zip_source_buffer_create(nullptr, 0, 0, &e.error), zip_source_free);
  LACONIC_CHECK(target != nullptr);
  zip_t* zip = zip_open_from_source(target.get(), ZIP_TRUNCATE, &e.error);
  LACONIC_CHECK(zip != nullptr, "{}", zip_error_strerror(&e.error));
  zip_source_keep(target.get());  // zip_close gives up a reference
  for (const ZipMember& m : members) {
    zip_source_t* bytes = zip_source_buffer(zip, m.bytes.data(), m.bytes.size(), 0);
    const zip_int64_t index = zip_file_add(zip, m.name.c_str(), bytes, ZIP_FL_ENC_UTF_8);
    LACONIC_CHECK(index >= 0, "{}", zip_strerror(zip));
    constexpr uint16_t january_1980 = 0x21;  // not now: equal members give equal bytes
    zip_file_set_dostime(zip, index, 0, january_1980, 0);
    zip_set_file_compression(zip, index, ZIP_CM_STORE, 0);
  }
  LACONIC_CHECK(zip_close(zip) == 0, "{}", zip_strerror(zip));
  zip_stat_t stat;
  LACONIC_CHECK(zip_source_stat(target.get(), &stat) == 0 && zip_source_open(target.get()) == 0);
  std::string content(stat.size, '\0');
  const zip_int64_t got = zip_source_read(target.get(), content.data(), content.size());
  LACONIC_CHECK(got == static_cast<zip_int64_t>(content.size()));
  return content;
}

}  // namespace laconic::data
