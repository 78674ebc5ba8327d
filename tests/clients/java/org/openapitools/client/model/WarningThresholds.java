package org.openapitools.client.model;

import com.fasterxml.jackson.annotation.JsonCreator;
import com.fasterxml.jackson.annotation.JsonValue;
import com.fasterxml.jackson.databind.JsonNode;

/**
 * A number or a list of numbers. The generator's own class for such a schema does not compile: it writes
 * {@code List<Integer>.class}. The option {@code --schema-mappings} puts this class in its place.
 */
public record WarningThresholds(@JsonValue JsonNode value) {
    @JsonCreator
    public WarningThresholds {
    }

    public String toUrlQueryString(String prefix) {
        return prefix + "=" + value;
    }
}
