/* The kernel's recursion in C: the same journeys, the same queues, the same times.

   Arrays are (replications, columns, persons), as `returnsim.model.itinerary.by_column` lays
   them; everything else as in `returnsim/model/kernel.py`, which this follows step by step. */

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

typedef struct {
    int64_t persons, columns, places;
    const int16_t *station;
    const double *travel, *service, *leaves;
    const int32_t *party;
    int64_t *head, *tail, *visitors;
    double *joins, *ends, *arrived, *began, *ended;
} Day;

static inline void send_on(const Day *d, int64_t p, int64_t column, double now) {
    for (int64_t c = column; c < d->columns; c++) {
        int16_t s = d->station[c * d->persons + p];
        if (s >= 0) {
            double leaves = d->leaves[d->party[p] * d->columns + c];
            int64_t i = d->tail[s]++;
            d->joins[i] = (now > leaves ? now : leaves) + d->travel[c * d->persons + p];
            d->visitors[i] = p << 16 | c;
            return;
        }
    }
}

static int64_t in_order(const double *moments, int64_t size, uint32_t *order, uint32_t *bucket,
                        uint32_t *bounds) {
    double earliest = INFINITY, latest = -INFINITY;
    for (int64_t i = 0; i < size; i++) {
        if (moments[i] < earliest) earliest = moments[i];
        if (moments[i] > latest) latest = moments[i];
    }
    if (!(earliest <= latest)) return 0;
    double scale = latest > earliest ? (double)(size - 1) / (latest - earliest) : 0.0;
    memset(bounds, 0, (size_t)(size + 1) * sizeof *bounds);
    for (int64_t i = 0; i < size; i++)
        if (moments[i] >= earliest) {
            bucket[i] = (uint32_t)((moments[i] - earliest) * scale);
            bounds[bucket[i] + 1]++;
        }
    for (int64_t b = 0; b < size; b++) bounds[b + 1] += bounds[b];
    int64_t count = 0;
    for (int64_t i = 0; i < size; i++)
        if (moments[i] >= earliest) {
            order[bounds[bucket[i]]++] = (uint32_t)i;
            count++;
        }
    for (int64_t k = 1; k < count; k++) {
        uint32_t i = order[k];
        int64_t j = k;
        for (; j > 0 && moments[order[j - 1]] > moments[i]; j--) order[j] = order[j - 1];
        order[j] = i;
    }
    return count;
}

static void line_up(double *joins, int64_t *visitors, int64_t size) {
    for (int64_t i = 1; i < size; i++) {
        double moment = joins[i];
        int64_t visitor = visitors[i], j = i;
        for (; j > 0 && (joins[j - 1] > moment ||
                         (joins[j - 1] == moment && visitors[j - 1] > visitor)); j--) {
            joins[j] = joins[j - 1];
            visitors[j] = visitors[j - 1];
        }
        joins[j] = moment;
        visitors[j] = visitor;
    }
}

static void pass(const Day *d, const int64_t *first, const double *moments, const int64_t *lanes) {
    for (int64_t s = 0; s < d->places; s++) {
        int64_t head = d->head[s], tail = d->tail[s], step = first[s], last = first[s + 1];
        int64_t open = 0;
        double now = -INFINITY;
        line_up(d->joins + head, d->visitors + head, tail - head);
        for (int64_t i = head; i < tail; i++) {
            int64_t p = d->visitors[i] >> 16, c = d->visitors[i] & 0xFFFF, served = i - head;
            if (d->joins[i] > now) now = d->joins[i];
            while (now < INFINITY) {
                while (step < last && moments[step] <= now) open = lanes[step++];
                double freed = now;
                if (served >= open) {
                    freed = open > 0 ? d->ends[served - open] : INFINITY;
                    if (now > freed) freed = now;
                }
                if (step == last || freed < moments[step]) {
                    now = freed;
                    break;
                }
                now = moments[step];
            }
            double end = now + d->service[c * d->persons + p];
            d->arrived[c * d->persons + p] = d->joins[i];
            d->began[c * d->persons + p] = now;
            d->ended[c * d->persons + p] = end;
            if (end == INFINITY) continue;
            int64_t j = served;
            for (; j > 0 && d->ends[j - 1] > end; j--) d->ends[j] = d->ends[j - 1];
            d->ends[j] = end;
            send_on(d, p, c + 1, end);
        }
    }
}

void replay(int64_t replications, int64_t persons, int64_t columns, int64_t places, int64_t rows,
            const int16_t *station, const double *travel, const double *service,
            const double *start, const int32_t *party, const double *leaves, const int64_t *first,
            const double *moments, const int64_t *lanes, double *arrived, double *began,
            double *ended) {
    size_t steps = (size_t)(persons * columns);
    int64_t *head = malloc((size_t)(places + 1) * sizeof *head);
    int64_t *tail = malloc((size_t)places * sizeof *tail);
    int64_t *visitors = malloc(steps * sizeof *visitors);
    double *joins = malloc(steps * sizeof *joins);
    double *ends = malloc((size_t)persons * sizeof *ends);
    uint32_t *order = malloc((size_t)persons * sizeof *order);
    uint32_t *bucket = malloc((size_t)persons * sizeof *bucket);
    uint32_t *bounds = malloc((size_t)(persons + 1) * sizeof *bounds);
    for (int64_t r = 0; r < replications; r++) {
        size_t at = (size_t)r * steps;
        int64_t row = r < rows ? r : rows - 1;
        Day d = {persons, columns, places, station + at, travel + at, service + at, leaves, party,
                 head, tail, visitors, joins, ends, arrived + at, began + at, ended + at};
        for (size_t i = 0; i < steps; i++) d.arrived[i] = NAN;
        for (size_t i = 0; i < steps; i++) d.began[i] = NAN;
        for (size_t i = 0; i < steps; i++) d.ended[i] = NAN;
        memset(head, 0, (size_t)(places + 1) * sizeof *head);
        for (size_t i = 0; i < steps; i++)
            if (d.station[i] >= 0) head[d.station[i] + 1]++;
        for (int64_t s = 0; s < places; s++) {
            head[s + 1] += head[s];
            tail[s] = head[s];
        }
        const double *begins = start + r * persons;
        int64_t come = in_order(begins, persons, order, bucket, bounds);
        for (int64_t i = 0; i < come; i++) send_on(&d, order[i], 0, begins[order[i]]);
        pass(&d, first, moments + row * first[places], lanes + row * first[places]);
    }
    free(head); free(tail); free(visitors); free(joins); free(ends);
    free(order); free(bucket); free(bounds);
}
