package io.muster.queue.job;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.BeanProperty;
import com.fasterxml.jackson.databind.DeserializationContext;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonDeserializer;
import com.fasterxml.jackson.databind.JsonMappingException;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.deser.ContextualDeserializer;
import com.fasterxml.jackson.databind.deser.std.StdDeserializer;
import com.fasterxml.jackson.databind.module.SimpleModule;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.IOException;

/** {@link Ref} in JSON: the id alone, read back with the class that the field declares. */
final class RefModule extends SimpleModule {
    private static final long serialVersionUID = 1L;

    RefModule() {
        super("muster-ref");
        addSerializer(new Writer());
        addDeserializer(Ref.class, new Reader(Object.class));
    }

    private static final class Writer extends StdSerializer<Ref<?>> {
        private static final long serialVersionUID = 1L;

        Writer() {
            super(Ref.class, false);
        }

        @Override
        public void serialize(Ref<?> ref, JsonGenerator json, SerializerProvider provider) throws IOException {
            json.writeString(ref.id());
        }
    }

    private static final class Reader extends StdDeserializer<Ref<?>> implements ContextualDeserializer {
        private static final long serialVersionUID = 1L;

        private final Class<?> referred;

        Reader(Class<?> referred) {
            super(Ref.class);
            this.referred = referred;
        }

        @Override
        public JsonDeserializer<?> createContextual(DeserializationContext context, BeanProperty property)
                throws JsonMappingException {
            JavaType declared = context.getContextualType();
            JavaType of = declared == null ? null : declared.containedType(0);
            if (of == null || of.hasRawClass(Object.class)) {
                return context.reportBadDefinition(
                        Ref.class, "A Ref needs the class that it refers to, as in Ref<User>");
            }
            return new Reader(of.getRawClass());
        }

        @Override
        public Ref<?> deserialize(JsonParser json, DeserializationContext context) throws IOException {
            return Ref.of(referred, json.getValueAsString(""));
        }
    }
}
