package javax.annotation;

/** The annotation on generated classes, which no class path of this test has. */
public @interface Generated {
    String[] value();

    String date() default "";

    String comments() default "";
}
