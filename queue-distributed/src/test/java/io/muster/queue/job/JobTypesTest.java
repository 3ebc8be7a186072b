package io.muster.queue.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("J1")
class JobTypesTest {
    private static final JobType<Mail> MAIL = new JobType<>("mail", Mail.class, JobOptions.DEFAULT);
    private static final JobType<Report> REPORT = new JobType<>("report", Report.class, JobOptions.DEFAULT);

    record Mail(String to) {}

    record Report(int year) {}

    @Test
    void aJobIsKnownByItsClassAndByItsName() {
        JobTypes types = JobTypes.builder().register(MAIL).build();

        assertThat(types.of(new Mail("a"))).isEqualTo(MAIL);
        assertThat(types.named("mail")).contains(MAIL);
        assertThat(types.named("Mail")).isEmpty();
    }

    @Test
    void onlyTypesWithAHandlerAreServed() {
        JobTypes types = JobTypes.builder()
                .register(MAIL)
                .register(REPORT, (job, context) -> {})
                .build();

        assertThat(types.handled()).containsExactly("report");
        assertThat(types.handler(REPORT)).isNotNull();
        assertThatThrownBy(() -> types.handler(MAIL)).isInstanceOf(PayloadException.class);
    }

    @Test
    void anUnregisteredClassIsRefusedWithTheRemedy() {
        JobTypes types = JobTypes.builder().register(MAIL).build();

        assertThatThrownBy(() -> types.of(new Report(2025)))
                .isInstanceOf(PayloadException.class)
                .hasMessageContaining(Report.class.getName())
                .hasMessageContaining("register it with a type name");
    }

    @Test
    void aNameIsRegisteredOnce() {
        JobTypes.Builder builder = JobTypes.builder().register(MAIL);

        assertThatThrownBy(() -> builder.register(new JobType<>("mail", Report.class, JobOptions.DEFAULT)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("Job type \"mail\" is registered twice")
                .hasMessageContaining(Mail.class.getName())
                .hasMessageContaining(Report.class.getName());
    }

    @Test
    void aClassIsRegisteredOnce() {
        JobTypes.Builder builder = JobTypes.builder().register(MAIL);

        assertThatThrownBy(() -> builder.register(new JobType<>("post", Mail.class, JobOptions.DEFAULT)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(Mail.class.getName())
                .hasMessageContaining("registered twice");
    }
}
