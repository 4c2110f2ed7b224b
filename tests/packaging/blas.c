/* Products of real matrices and vectors, by the names that numpy calls OpenBLAS by, which takes 25 MB in the help program.
   The rows of a product are computed sixteen numbers at a time, which compilers turn into vector instructions. */

typedef long long number;
enum { ROW_MAJOR = 101, COLUMN_MAJOR = 102, AS_IS = 111, UPPER = 121 };
enum { WIDE = 16, DEEP = 64 };

#define FIRST(count, step) ((step) < 0 ? (1 - (count)) * (step) : 0)

#define REAL(T, p)                                                                                                     \
  T scipy_cblas_##p##dot64_(number n, const T *x, number dx, const T *y, number dy) {                                  \
    T sum = 0;                                                                                                         \
    for (number i = 0, a = FIRST(n, dx), b = FIRST(n, dy); i < n; i++, a += dx, b += dy) sum += x[a] * y[b];           \
    return sum;                                                                                                        \
  }                                                                                                                    \
                                                                                                                       \
  void scipy_cblas_##p##axpy64_(number n, T alpha, const T *x, number dx, T *y, number dy) {                           \
    for (number i = 0, a = FIRST(n, dx), b = FIRST(n, dy); i < n; i++, a += dx, b += dy) y[b] += alpha * x[a];         \
  }                                                                                                                    \
                                                                                                                       \
  /* c (m, n) = alpha a b + beta c; a (m, k) and b (k, n) by the steps to the next row and column */                   \
  static void p##product(number m, number n, number k, T alpha, const T *a, number ar, number ac, const T *b,          \
                         number br, number bc, T beta, T *c, number cr) {                                              \
    for (number i = 0; i < m; i++)                                                                                     \
      for (number j = 0; j < n; j++) c[i * cr + j] = beta == 0 ? 0 : beta * c[i * cr + j];                             \
    for (number left = 0; left < n; left += WIDE)                                                                      \
      for (number top = 0; top < k; top += DEEP) {                                                                     \
        number columns = n - left < WIDE ? n - left : WIDE, rows = k - top < DEEP ? k - top : DEEP;                    \
        T part[DEEP][WIDE];                                                                                            \
        for (number r = 0; r < rows; r++)                                                                              \
          for (number j = 0; j < WIDE; j++) part[r][j] = j < columns ? b[(top + r) * br + (left + j) * bc] : 0;        \
        for (number i = 0; i < m; i++) {                                                                               \
          T sum[WIDE] = {0};                                                                                           \
          for (number r = 0; r < rows; r++) {                                                                          \
            T factor = a[i * ar + (top + r) * ac];                                                                     \
            for (number j = 0; j < WIDE; j++) sum[j] += factor * part[r][j];                                           \
          }                                                                                                            \
          for (number j = 0; j < columns; j++) c[i * cr + left + j] += alpha * sum[j];                                 \
        }                                                                                                              \
      }                                                                                                                \
  }                                                                                                                    \
                                                                                                                       \
  void scipy_cblas_##p##gemm64_(int order, int ta, int tb, number m, number n, number k, T alpha, const T *a,          \
                                number da, const T *b, number db, T beta, T *c, number dc) {                           \
    number ar = ta == AS_IS ? da : 1, ac = ta == AS_IS ? 1 : da, br = tb == AS_IS ? db : 1, bc = tb == AS_IS ? 1 : db; \
    if (order == ROW_MAJOR)                                                                                            \
      p##product(m, n, k, alpha, a, ar, ac, b, br, bc, beta, c, dc);                                                   \
    else /* what is stored by columns is the other way round stored by rows */                                         \
      p##product(n, m, k, alpha, b, br, bc, a, ar, ac, beta, c, dc);                                                   \
  }                                                                                                                    \
                                                                                                                       \
  void scipy_cblas_##p##gemv64_(int order, int ta, number m, number n, T alpha, const T *a, number da, const T *x,     \
                                number dx, T beta, T *y, number dy) {                                                  \
    number turned = (ta != AS_IS) != (order == COLUMN_MAJOR), out = ta == AS_IS ? m : n, in = ta == AS_IS ? n : m;     \
    number row = turned ? 1 : da, column = turned ? da : 1;                                                            \
    for (number i = 0, at = FIRST(out, dy); i < out; i++, at += dy) {                                                  \
      T sum = 0;                                                                                                       \
      for (number j = 0, b = FIRST(in, dx); j < in; j++, b += dx) sum += a[i * row + j * column] * x[b];               \
      y[at] = alpha * sum + (beta == 0 ? 0 : beta * y[at]);                                                            \
    }                                                                                                                  \
  }                                                                                                                    \
                                                                                                                       \
  /* one triangle of c (n, n) = alpha a aᵀ + beta c */                                                                 \
  void scipy_cblas_##p##syrk64_(int order, int uplo, int ta, number n, number k, T alpha, const T *a, number da,       \
                                T beta, T *c, number dc) {                                                             \
    number turned = (ta != AS_IS) != (order == COLUMN_MAJOR), upper = (uplo == UPPER) == (order == ROW_MAJOR);         \
    number row = turned ? 1 : da, column = turned ? da : 1;                                                            \
    for (number i = 0; i < n; i++)                                                                                     \
      for (number j = upper ? i : 0; j < (upper ? n : i + 1); j++) {                                                   \
        T sum = 0;                                                                                                     \
        for (number r = 0; r < k; r++) sum += a[i * row + r * column] * a[j * row + r * column];                       \
        c[i * dc + j] = alpha * sum + (beta == 0 ? 0 : beta * c[i * dc + j]);                                          \
      }                                                                                                                \
  }

REAL(float, s)
REAL(double, d)
