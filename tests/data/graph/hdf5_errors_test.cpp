// What is said of files that are no HDF5, cut, held open by their writer, of a newer format, or packed
// with a filter that is not there: what a user can do differs.
#include <gmock/gmock.h>
#include <hdf5.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>

#include "data/graph/formats/hdf5_file.hpp"
#include "hdf5_fixture.hpp"

namespace laconic::data {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

class Hdf5Errors : public Hdf5Test {};

TEST_F(Hdf5Errors, RefusesWhatIsNoFileOrNoHdf5) {
  EXPECT_THAT(error(), AllOf(HasSubstr(path_), HasSubstr("No such file")));
  std::ofstream(path_) << "not at all";
  EXPECT_THAT(error(), HasSubstr("is not an HDF5 file"));
  EXPECT_THAT(error_of([&] { load_file(::testing::TempDir()); }), HasSubstr("is not a file"));
}

// A filter that only this test has, as another program may have had another.
size_t pass_on(unsigned, size_t, const unsigned*, size_t bytes, size_t*, void**) {
  return bytes;
}

void pack_with_own_filter(const std::string& path) {
  const H5Z_class2_t filter{H5Z_CLASS_T_VERS, 32000, 1, 1, "lzf", nullptr, nullptr, pass_on};
  H5Zregister(&filter);
  const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
  remove(file, "labels/class");
  const hsize_t size = 5;
  const Hdf5Handle plist(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_chunk(plist, 1, &size);
  H5Pset_filter(plist, 32000, H5Z_FLAG_MANDATORY, 0, nullptr);
  const Hdf5Handle space(H5Screate_simple(1, &size, nullptr), H5Sclose);
  const Hdf5Handle set(
      H5Dcreate2(file, "labels/class", H5T_NATIVE_INT32, space, H5P_DEFAULT, plist, H5P_DEFAULT),
      H5Dclose);
  H5Dwrite(set, H5T_NATIVE_INT32, H5S_ALL, H5S_ALL, H5P_DEFAULT, tiny_graph().labels.single.data());
}

TEST_F(Hdf5Errors, NamesTheFilterThatTheLibraryDoesNotHave) {
  write_graph_hdf5(tiny_graph(), path_);
  const pid_t child = ::fork();  // the filter stays in its process
  if (child == 0) {
    pack_with_own_filter(path_);
    ::_exit(0);
  }
  int status = -1;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  ASSERT_EQ(status, 0);
  EXPECT_THAT(error(), AllOf(HasSubstr("labels/class: is packed with filter lzf (32000)"),
                             HasSubstr("write it with gzip")));
}

TEST_F(Hdf5Errors, TellsAFileThatItsWriterHoldsOpenFromADamagedOne) {
  const std::string open = path_ + ".open";
  {
    const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
    H5Pset_libver_bounds(access, H5F_LIBVER_LATEST, H5F_LIBVER_LATEST);
    const Hdf5Handle file(H5Fcreate(open.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, access), H5Fclose);
    ASSERT_GE(H5Fflush(file, H5F_SCOPE_GLOBAL), 0);
    std::filesystem::copy_file(open, path_);
  }
  std::filesystem::remove(open);
  EXPECT_THAT(error(), HasSubstr("its writer has it open, or did not close it"));
}

// Replaces bytes of a file without checksums.
void replace_in(const std::string& path, const std::string& from, const std::string& to) {
  std::ifstream in(path, std::ios::binary);
  std::string text((std::istreambuf_iterator<char>(in)), {});
  const size_t at = text.find(from);
  ASSERT_NE(at, text.npos);
  text.replace(at, from.size(), to);
  std::ofstream(path, std::ios::binary) << text;
}

TEST_F(Hdf5Errors, TellsANewerFormatFromADamagedFile) {
  {
    const Hdf5Handle file(H5Fcreate(path_.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT),
                          H5Fclose);
    const Hdf5Handle graph(H5Gcreate2(file, "graph", H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                           H5Gclose);
    put(file, "graph/indptr", H5T_STD_I32LE, {6});
  }
  const std::string type("\x10\x08\x00\x00\x04\x00\x00\x00\x00\x00\x20\x00", 12);
  std::string newer = type;
  newer[0] = '\x50';  // version 5 of a datatype
  replace_in(path_, type, newer);
  EXPECT_THAT(error(), HasSubstr("written in a newer format than this HDF5 library"));
  const std::string start("\x89HDF\r\n\x1a\n\0", 9);
  newer = start;
  newer.back() = '\x07';  // version 7 of the whole file
  replace_in(path_, start, newer);
  EXPECT_THAT(error(), HasSubstr("written in a newer format than this HDF5 library"));
}

TEST_F(Hdf5Errors, ACutFileIsCalledDamaged) {
  write_graph_hdf5(tiny_graph(), path_);
  std::filesystem::resize_file(path_, std::filesystem::file_size(path_) / 2);
  EXPECT_THAT(error(), HasSubstr("damaged or truncated"));
}

}  // namespace
}  // namespace laconic::data
