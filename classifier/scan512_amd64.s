#include "textflag.h"

// FINISH makes a query's sums of a block numbers, writes them to R11 and the greatest to AX, and goes on to those of the next query.
#define FINISH(za, zb, ya, yb, xa, xb) \
	VCVTDQ2PS za, za           \
	VCVTDQ2PS zb, zb           \
	VMULPS Z16, za, za         \
	VMULPS Z17, zb, zb         \
	VMOVUPS za, (R11)          \
	VMOVUPS zb, 64(R11)        \
	VMAXPS za, zb, za          \
	VEXTRACTF64X4 $1, za, yb   \
	VMAXPS ya, yb, ya          \
	VEXTRACTF128 $1, ya, xb    \
	VMAXPS xa, xb, xa          \
	VPERMILPS $0x4e, xa, xb    \
	VMAXPS xa, xb, xa          \
	VPERMILPS $0xb1, xa, xb    \
	VMAXPS xa, xb, xa          \
	VMOVSS xa, (AX)            \
	ADDQ R12, R11              \
	ADDQ R13, AX

// func scanVNNI(bytes *byte, scales *float32, queries *int8, quads, blocks int, bases *int32, sums, tops *float32)
//
// Each row that is loaded serves eight queries, which stand 1024 bytes apart (maxScanned).
TEXT ·scanVNNI(SB), NOSPLIT, $0-64
	MOVQ bytes+0(FP), SI
	MOVQ scales+8(FP), DI
	MOVQ queries+16(FP), BX
	MOVQ quads+24(FP), CX
	MOVQ blocks+32(FP), DX
	MOVQ bases+40(FP), R11
	MOVQ sums+48(FP), R10
	MOVQ tops+56(FP), R9
	VPBROADCASTD (R11), Z24
	VPBROADCASTD 4(R11), Z25
	VPBROADCASTD 8(R11), Z26
	VPBROADCASTD 12(R11), Z27
	VPBROADCASTD 16(R11), Z28
	VPBROADCASTD 20(R11), Z29
	VPBROADCASTD 24(R11), Z30
	VPBROADCASTD 28(R11), Z31

	// from one query's sums and tops to the next one's
	LEAQ 31(DX), R13
	ANDQ $-32, R13
	SHLQ $2, R13
	MOVQ DX, R12
	SHLQ $7, R12

block:
	TESTQ DX, DX
	JLE  done
	VMOVDQA32 Z24, Z0
	VMOVDQA32 Z24, Z1
	VMOVDQA32 Z25, Z2
	VMOVDQA32 Z25, Z3
	VMOVDQA32 Z26, Z4
	VMOVDQA32 Z26, Z5
	VMOVDQA32 Z27, Z6
	VMOVDQA32 Z27, Z7
	VMOVDQA32 Z28, Z8
	VMOVDQA32 Z28, Z9
	VMOVDQA32 Z29, Z10
	VMOVDQA32 Z29, Z11
	VMOVDQA32 Z30, Z12
	VMOVDQA32 Z30, Z13
	VMOVDQA32 Z31, Z14
	VMOVDQA32 Z31, Z15
	XORQ R8, R8

quad:
	// the queries' bytes are signed, the rows' are not
	VMOVDQU32 (SI), Z16
	VMOVDQU32 64(SI), Z17
	VPBROADCASTD (BX)(R8*4), Z18
	VPDPBUSD Z18, Z16, Z0
	VPDPBUSD Z18, Z17, Z1
	VPBROADCASTD 1024(BX)(R8*4), Z19
	VPDPBUSD Z19, Z16, Z2
	VPDPBUSD Z19, Z17, Z3
	VPBROADCASTD 2048(BX)(R8*4), Z20
	VPDPBUSD Z20, Z16, Z4
	VPDPBUSD Z20, Z17, Z5
	VPBROADCASTD 3072(BX)(R8*4), Z21
	VPDPBUSD Z21, Z16, Z6
	VPDPBUSD Z21, Z17, Z7
	VPBROADCASTD 4096(BX)(R8*4), Z18
	VPDPBUSD Z18, Z16, Z8
	VPDPBUSD Z18, Z17, Z9
	VPBROADCASTD 5120(BX)(R8*4), Z19
	VPDPBUSD Z19, Z16, Z10
	VPDPBUSD Z19, Z17, Z11
	VPBROADCASTD 6144(BX)(R8*4), Z20
	VPDPBUSD Z20, Z16, Z12
	VPDPBUSD Z20, Z17, Z13
	VPBROADCASTD 7168(BX)(R8*4), Z21
	VPDPBUSD Z21, Z16, Z14
	VPDPBUSD Z21, Z17, Z15
	ADDQ $128, SI
	INCQ R8
	CMPQ R8, CX
	JLT  quad

	VMOVUPS (DI), Z16
	VMOVUPS 64(DI), Z17
	MOVQ R10, R11
	MOVQ R9, AX
	FINISH(Z0, Z1, Y0, Y1, X0, X1)
	FINISH(Z2, Z3, Y2, Y3, X2, X3)
	FINISH(Z4, Z5, Y4, Y5, X4, X5)
	FINISH(Z6, Z7, Y6, Y7, X6, X7)
	FINISH(Z8, Z9, Y8, Y9, X8, X9)
	FINISH(Z10, Z11, Y10, Y11, X10, X11)
	FINISH(Z12, Z13, Y12, Y13, X12, X13)
	FINISH(Z14, Z15, Y14, Y15, X14, X15)
	ADDQ $128, DI
	ADDQ $128, R10
	ADDQ $4, R9
	DECQ DX
	JMP  block

done:
	VZEROUPPER
	RET
