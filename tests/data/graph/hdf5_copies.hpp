// Graph files as other programs write them: copies of ours in older or packed forms.
#pragma once

#include <hdf5.h>

#include <string>
#include <vector>

#include "data/graph/formats/hdf5_file.hpp"
#include "framework/base/error.hpp"

namespace laconic::data {

inline void demand_hdf5(bool success, const std::string& what) {
  LACONIC_CHECK(success, "HDF5: {}", what);
}

// In the format before HDF5 1.8, which has no checksums: what h5py writes by default. Integer
// attributes of the root go along.
inline void copy_in_old_format(const std::string& from, const std::string& to) {
  const Hdf5Handle source(H5Fopen(from.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  const Hdf5Handle target(H5Fcreate(to.c_str(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT), H5Fclose);
  for (const char* name : {"graph", "features", "labels", "splits", "class_names", "node_names"})
    if (H5Lexists(source, name, H5P_DEFAULT) > 0)
      demand_hdf5(H5Ocopy(source, name, target, name, H5P_DEFAULT, H5P_DEFAULT) >= 0, name);
  const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose);
  for (const char* name : {"num_classes", "num_features"}) {
    if (H5Aexists(source, name) <= 0) continue;
    int64_t value = 0;
    const Hdf5Handle there(H5Aopen(source, name, H5P_DEFAULT), H5Aclose);
    demand_hdf5(H5Aread(there, H5T_NATIVE_INT64, &value) >= 0, name);
    const Hdf5Handle here(H5Acreate2(target, name, H5T_STD_I64LE, space, H5P_DEFAULT, H5P_DEFAULT),
                          H5Aclose);
    demand_hdf5(H5Awrite(here, H5T_NATIVE_INT64, &value) >= 0, name);
  }
}

// Replaces a list of integers by the same in chunks, shuffled, deflated and with checksums.
inline void pack_integers(const std::string& path, const std::string& name) {
  const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDWR, H5P_DEFAULT), H5Fclose);
  std::vector<int64_t> values;
  {
    const Hdf5Handle plain(H5Dopen2(file, name.c_str(), H5P_DEFAULT), H5Dclose);
    const Hdf5Handle space(H5Dget_space(plain), H5Sclose);
    values.resize(static_cast<size_t>(H5Sget_simple_extent_npoints(space)));
    demand_hdf5(H5Dread(plain, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0,
                name);
  }
  demand_hdf5(H5Ldelete(file, name.c_str(), H5P_DEFAULT) >= 0, name);
  const hsize_t count = values.size(), chunk = 2;
  const Hdf5Handle space(H5Screate_simple(1, &count, nullptr), H5Sclose);
  const Hdf5Handle creation(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
  H5Pset_chunk(creation, 1, &chunk);
  H5Pset_shuffle(creation);
  H5Pset_deflate(creation, 9);
  H5Pset_fletcher32(creation);
  const Hdf5Handle packed(
      H5Dcreate2(file, name.c_str(), H5T_STD_I64LE, space, H5P_DEFAULT, creation, H5P_DEFAULT),
      H5Dclose);
  demand_hdf5(H5Dwrite(packed, H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) >= 0,
              name);
}

}  // namespace laconic::data
