/** What runs inside the process, by JMH: ./muster bench --micro. */
@NullMarked
package io.muster.benchmarks.micro;

import org.jspecify.annotations.NullMarked;
