// What a trained network demands of other data that it is to work on: as many features and classes,
// the same names of classes, the same standardisation. All of it is in a checkpoint's attributes.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "data/graph/graph.hpp"
#include "data/images/images.hpp"

namespace laconic {

class TrainedInputs {
 public:
  // Reads the attributes of a checkpoint. Error(data) if they have no network.
  explicit TrainedInputs(const nlohmann::json& attributes);

  // Bring data into the network's terms: the classes are mapped by their names, or kept where one
  // side has none. A graph or images without any split are for test. Error(data) if they do not fit.
  void fit(data::Graph& graph) const;
  void fit(data::Images& images) const;

  // Return how training scaled features or pixels. Error(data) if the checkpoint does not have it.
  data::Standardisation standardisation() const;
  data::PixelMap pixel_map() const;

 private:
  void fit_classes(const std::string& where, std::vector<int32_t>& labels, int32_t& classes,
                   std::vector<std::string>& names) const;

  const nlohmann::json inputs_;  // as trained_inputs() made them; {}: of an older version
  int64_t features_ = 0, classes_ = 0;
  bool pixels_ = false;    // a feature is a channel of a pixel, not a value of an image
  bool any_size_ = false;  // images may have another size than in training
};

// Return the attributes "inputs" that a checkpoint stores for this purpose.
nlohmann::json trained_inputs(const data::Graph& graph, const data::Standardisation& scaled);
nlohmann::json trained_inputs(const data::Images& images, const data::PixelMap& map);

}  // namespace laconic
