/** What runs in processes of its own: nodes that work, clients that push. */
@NullMarked
package io.muster.chaos.node;

import org.jspecify.annotations.NullMarked;
